/** The answer class of a complete text: two candidates vote together when their classes are equal; null is unparsable. */
export type Classify = (text: string) => string | null;

/**
 * The final answer as the model marked it: the last `Answer: ...` line, the last `\boxed{...}`, or "the answer is ...";
 * failing these, the whole text when it is short enough to be an answer by itself. Null when nothing of that is there.
 */
export function finalAnswer(text: string): string | null {
  const marked = markedAnswer(text);
  if (marked !== null) return marked;
  const whole = text.trim();
  return whole !== "" && whole.length <= SHORT_ANSWER_LENGTH && !whole.includes("\n") ? whole : null;
}

/** Does the text say, in one of these ways, that it has come to its answer? */
export function isFinalAnswerMarked(text: string): boolean {
  return markedAnswer(text) !== null;
}

function markedAnswer(text: string): string | null {
  const line = lastMatch(text, /(?:^|\n)[^\S\n]*(?:final\s+)?answer\s*:[^\S\n]*(\S.*)/gi);
  return (
    line?.trim() ??
    lastBoxed(text)?.trim() ??
    lastMatch(text, /\bthe\s+(?:final\s+)?answer\s+is:?\s*(\S.*)/gi)?.trim() ??
    null
  );
}

/** A single line up to this many characters counts as an answer by itself. */
const SHORT_ANSWER_LENGTH = 80;

/** `finalAnswer`, made canonical: case, spaces, a closing full stop and the spelling of numbers do not split a vote. */
export function answerClass(text: string): string | null {
  const answer = finalAnswer(text);
  if (answer === null) return null;
  const plain = answer
    .replace(/^\$+|\$+$/g, "")
    .replace(/[*_`]{2,}/g, "")
    .replace(/\s+/g, " ")
    .replace(/[.\s]+$/, "")
    .trim();
  if (plain === "") return null;
  return canonicalNumber(plain) ?? plain.toLowerCase().replace(/ /g, "");
}

/** "1,200", "+1200.0" and "1200" are one class; anything that is not a plain decimal number is null. */
function canonicalNumber(text: string): string | null {
  if (!/^[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?$/.test(text)) return null;
  const [integer = "", fraction = ""] = text.replace(/,/g, "").replace(/^\+/, "").split(".");
  const trimmedInteger = integer.replace(/^(-?)0+(?=\d)/, "$1");
  const trimmedFraction = fraction.replace(/0+$/, "");
  const number = trimmedFraction === "" ? trimmedInteger : `${trimmedInteger}.${trimmedFraction}`;
  return number === "-0" ? "0" : number;
}

function lastMatch(text: string, pattern: RegExp): string | null {
  let last: string | null = null;
  for (const match of text.matchAll(pattern)) last = match[1] ?? null;
  return last;
}

/** The inside of the last `\boxed{...}`, braces balanced. */
function lastBoxed(text: string): string | null {
  const start = text.lastIndexOf("\\boxed{");
  if (start < 0) return null;
  const from = start + "\\boxed{".length;
  let depth = 1;
  for (let index = from; index < text.length; index++) {
    const character = text[index];
    if (character === "{") depth++;
    else if (character === "}" && --depth === 0) return text.slice(from, index);
  }
  return null;
}
