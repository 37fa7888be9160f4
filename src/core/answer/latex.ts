/**
 * The little LaTeX that answers are written in, in two strengths: `cleanAnswer` takes off what is not the answer (math
 * delimiters, emphasis, sizes, spacing), `plainExpression` writes what is left as one line of plain text.
 */

const WRAPPERS: readonly (readonly [string, string])[] = [
  ["$$", "$$"],
  ["$", "$"],
  ["\\(", "\\)"],
  ["\\[", "\\]"],
  ["\\boxed{", "}"],
  ['"', '"'],
  ["“", "”"],
  ["`", "`"],
  ["*", "*"],
];

/** Two or more of a kind, but for a power ("2**3") or a name ("__init__" inside a word). */
const EMPHASIS = /(?<![\w)\]}])[*_`]{2,}|[*_`]{2,}(?![\w([{*_`])/g;

/** An answer in its own words, without delimiters, emphasis, spacing commands and a closing full stop. */
export function cleanAnswer(answer: string): string {
  let text = answer
    .normalize("NFC")
    .replace(EMPHASIS, "")
    .replace(/\\(?:left|right|[bB]igg?[lr]?)(?![a-zA-Z])\s*\.?/g, "")
    .replace(/,\s*\\!\s*/g, ",")
    .replace(/\\!/g, "")
    .replace(/\{,\}(?=\d{3})/g, ",")
    // `\\\\` separates the rows of a matrix: what follows it is no spacing command.
    .replace(/\\\\|\\(?:[,;: ]|q?quad(?![a-zA-Z]))|~/g, (found) => (found === "\\\\" ? found : " "))
    .replace(/\\[dtc]frac(?![a-zA-Z])/g, "\\frac")
    .replace(/[−–‒]/g, "-")
    .replace(/\s+/g, " ")
    .trim();
  for (let before = ""; before !== text; ) {
    before = text;
    text = text.replace(/(?:^|[^\\\s.])[.\s]+$/, (end) => end.replace(/[.\s]+$/, "")).trim();
    if (/^[.\s]*$/.test(text)) return "";
    text = unwrapped(text);
  }
  return text;
}

/** Without one pair of delimiters, where they enclose the whole and nothing of their kind is inside. */
function unwrapped(text: string): string {
  for (const [open, close] of WRAPPERS) {
    if (text.length < open.length + close.length || !text.startsWith(open) || !text.endsWith(close)) continue;
    const inside = text.slice(open.length, text.length - close.length);
    const isWhole = close === "}" ? closesAtEnd(inside) : !inside.includes(open) && !inside.includes(close);
    if (isWhole) return inside.trim();
  }
  return text;
}

function closesAtEnd(inside: string): boolean {
  let depth = 0;
  for (const character of inside) {
    if (character === "{") depth++;
    else if (character === "}" && --depth < 0) return false;
  }
  return depth === 0;
}

/** Words in an upright or bold face are words: `\text{east}` is east. */
export function withoutTextCommands(text: string): string {
  return text.replace(
    /\\(?:text|textbf|textit|textrm|textnormal|mathrm|mathbf|mathit|mathsf|mbox|operatorname)\s*\{([^{}]*)\}/g,
    "$1",
  );
}

/** Commands that have a sign of their own; of all others the name stays: `\pi` is pi. */
const SIGNS: Readonly<Record<string, string>> = {
  cdot: "*",
  times: "*",
  ast: "*",
  div: "/",
  le: "<=",
  leq: "<=",
  leqslant: "<=",
  ge: ">=",
  geq: ">=",
  geqslant: ">=",
  lt: "<",
  gt: ">",
  ne: "!=",
  neq: "!=",
  infty: "∞",
  cup: "∪",
  cap: "∩",
  pm: "±",
  mp: "∓",
  circ: "°",
  degree: "°",
  colon: ":",
  to: "->",
  rightarrow: "->",
  dots: "...",
  ldots: "...",
  cdots: "...",
  lvert: "|",
  rvert: "|",
  mid: "|",
  "{": "{",
  "}": "}",
  "%": "%",
  $: "",
  "#": "#",
  "&": "&",
  _: "_",
  "|": "‖",
  "\\": ";",
};

const UNICODE_SIGNS: Readonly<Record<string, string>> = {
  "×": "*",
  "·": "*",
  "⋅": "*",
  "∙": "*",
  "÷": "/",
  "⁄": "/",
  "≤": "<=",
  "≥": ">=",
  "≠": "!=",
  π: "pi",
  "√": "sqrt",
  "²": "^2",
  "³": "^3",
  "½": "(1)/(2)",
};

/** Deeper nesting is left as it is. */
const MAX_DEPTH = 40;

/** One line of plain text, lower case and without spaces: `\frac{\sqrt{3}}{2}` and `sqrt(3)/2` are written alike. */
export function plainExpression(clean: string): string {
  const reader = { text: withoutTextCommands(clean), at: 0 };
  return readUntil(reader, null, 0)
    .replace(/(?<=\d)\s+(?=\d)/g, "\u2423")
    .replace(/\s+/g, "")
    .replace(/\*\*/g, "^")
    .toLowerCase()
    .replace(/infinity/g, "∞")
    .replace(/(?<=^|[(,[{])\+(?=∞)/g, "")
    .replace(/sqrt([a-z0-9])(?![a-z0-9])/g, "sqrt($1)")
    .replace(/(?<![a-z\d)])\(([a-z]|\d{1,30})\)(?=\/)/g, "$1")
    .replace(/(?<=\/)\(([a-z]|\d{1,30})\)/g, "$1")
    .replace(/(?<![a-z)])\(((?:sqrt|pi)(?:\([a-z0-9]+\))?)\)(?=\/)/g, "$1")
    .replace(/(?<=\d)\*(?=[a-z])/g, "");
}

interface Reader {
  readonly text: string;
  at: number;
}

function readUntil(reader: Reader, end: string | null, depth: number): string {
  let plain = "";
  while (reader.at < reader.text.length) {
    if (reader.text[reader.at] === end) {
      reader.at++;
      return plain;
    }
    plain += readOne(reader, depth);
  }
  return plain;
}

function readOne(reader: Reader, depth: number): string {
  const character = reader.text[reader.at++] ?? "";
  if (depth > MAX_DEPTH) return character;
  if (character === "\\") return readCommand(reader, depth);
  if (character === "{") return readUntil(reader, "}", depth + 1);
  if (character === "^" || character === "_") {
    const script = readArgument(reader, depth);
    if (character === "^" && script === "°") return "°";
    return script.length === 1 ? character + script : `${character}(${script})`;
  }
  return UNICODE_SIGNS[character] ?? character;
}

function readCommand(reader: Reader, depth: number): string {
  const name = /^[a-zA-Z]+|^./.exec(reader.text.slice(reader.at, reader.at + MAX_NAME))?.[0] ?? "";
  reader.at += name.length;
  switch (name) {
    case "frac": {
      const numerator = readArgument(reader, depth);
      return `(${numerator})/(${readArgument(reader, depth)})`;
    }
    case "sqrt": {
      if (reader.text[reader.at] !== "[") return `sqrt(${readArgument(reader, depth)})`;
      reader.at++;
      const index = readUntil(reader, "]", depth + 1);
      return `root(${index})(${readArgument(reader, depth)})`;
    }
    default:
      return SIGNS[name] ?? name;
  }
}

const MAX_NAME = 32;

/** `{...}`, a command, or one character: `\frac12` is a half. */
function readArgument(reader: Reader, depth: number): string {
  while (reader.text[reader.at] === " ") reader.at++;
  return readOne(reader, depth + 1);
}
