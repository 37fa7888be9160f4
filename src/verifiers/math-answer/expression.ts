import { LatexSyntax } from "@cortex-js/compute-engine/latex-syntax";
import Fraction from "fraction.js";
import { withoutTextCommands } from "../../core/answer/latex.ts";
import { readNumber } from "../../core/answer/number.ts";

/** A mathematical expression: what is left of MathJSON where only numbers, names and functions of them count. */
export type Expression =
  | { readonly type: "number"; readonly value: Fraction }
  | { readonly type: "symbol"; readonly name: string }
  | { readonly type: "function"; readonly name: string; readonly operands: readonly Expression[] };

/** Longer expressions are no answers; the parser is quick below this, whatever the text. */
const MAX_LENGTH = 400;
const MAX_NESTING = 24;
const MAX_NODES = 400;
/** The parser tries both readings of every bar: `|` forty times over would never end. */
const MAX_BARS = 6;

/** Built on first use: it takes some 30 ms, which a Worker that grades nothing should not pay. */
let syntax: LatexSyntax | null = null;

/** Reads LaTeX, or the plain text that models write in its place ("sqrt(2)/2"); null for words and for nonsense. */
export function parseExpression(clean: string): Expression | null {
  if (clean.length > MAX_LENGTH) return null;
  const text = withoutTextCommands(clean);
  if (text.trim() === "" || isWords(text)) return null;
  const latex = asLatex(text);
  if (latex === null || latex.length > 2 * MAX_LENGTH || nesting(latex) > MAX_NESTING) return null;
  syntax ??= new LatexSyntax();
  try {
    const budget = { nodes: MAX_NODES };
    return fromMathJson(syntax.parse(latex), budget);
  } catch {
    // A bug of the parser's is an expression that cannot be read.
    return null;
  }
}

/** "east" is no product of four letters; "2xyz" is one. */
function isWords(text: string): boolean {
  const rest = text.replace(/\\[a-zA-Z]+/g, " ").replace(PLAIN_NAMES, " ");
  return /[a-zA-Z]{4,}/.test(rest) || /^\s*[a-zA-Z]{2,}\s*$/.test(rest) || /[^\p{ASCII}α-ωΑ-Ω√∞×·⋅÷≤≥≠²³°]/u.test(rest);
}

const FUNCTIONS = "arcsin|arccos|arctan|sinh|cosh|tanh|sin|cos|tan|cot|sec|csc|ln|log|exp|min|max|gcd|lcm";
const PLAIN_NAMES = new RegExp(
  `(?<![\\\\a-zA-Z])(${FUNCTIONS}|sqrt|pi|theta|alpha|beta|gamma|lambda|phi|infinity)(?![a-zA-Z])`,
  "g",
);

const SIGNS: Readonly<Record<string, string>> = {
  "√": "\\sqrt ",
  "∞": "\\infty ",
  "×": "\\cdot ",
  "·": "\\cdot ",
  "⋅": "\\cdot ",
  "*": "\\cdot ",
  "÷": "/",
  "²": "^2",
  "³": "^3",
  π: "\\pi ",
};

/** Null where bars do not pair. */
function asLatex(text: string): string | null {
  const plain = text
    .replace(/\*\*/g, "^")
    .replace(/[√∞×·⋅*÷²³π]/g, (sign) => SIGNS[sign] ?? sign)
    .replace(/\\(sin|cos|tan)\s*\^\s*\{\s*-\s*1\s*\}/g, "\\arc$1 ")
    .replace(PLAIN_NAMES, (name) => (name === "infinity" ? "\\infty " : `\\${name} `))
    .replace(/\^\s*(-\s*\d+|\d{2,30})/g, "^{$1}")
    .replace(/\\(?:display|text)style(?![a-zA-Z])/g, " ");
  return bracedArguments(plain) === null ? null : pairedBars(bracedArguments(plain) ?? "");
}

/** `\sqrt (2)` takes the bracket, and so does `x^(1/2)`: in LaTeX both would take one character. */
function bracedArguments(text: string): string | null {
  let latex = text;
  const opening = /(?:\\sqrt\s*|\^\s*)\(/g;
  for (let match = opening.exec(latex); match !== null; match = opening.exec(latex)) {
    const start = match.index + match[0].length - 1;
    const end = closingOf(latex, start);
    if (end === null) return null;
    latex = `${latex.slice(0, start)}{${latex.slice(start + 1, end)}}${latex.slice(end + 1)}`;
    opening.lastIndex = start;
  }
  return latex;
}

function closingOf(text: string, start: number): number | null {
  let depth = 0;
  for (let index = start; index < text.length; index++) {
    if (text[index] === "(") depth++;
    else if (text[index] === ")" && --depth === 0) return index;
  }
  return null;
}

function pairedBars(latex: string): string | null {
  const plain = latex.replace(/\\(?:[lr]vert|mid)(?![a-zA-Z])/g, "|");
  const count = plain.split("|").length - 1;
  if (count % 2 !== 0 || count > MAX_BARS) return null;
  let isOpen = false;
  return plain.replace(/\|/g, () => {
    isOpen = !isOpen;
    return isOpen ? "\\left|" : "\\right|";
  });
}

function nesting(latex: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of latex) {
    if ("([{".includes(character)) deepest = Math.max(deepest, ++depth);
    else if (")]}".includes(character)) depth--;
  }
  return deepest;
}

function fromMathJson(json: unknown, budget: { nodes: number }): Expression | null {
  if (--budget.nodes < 0) return null;
  if (typeof json === "number") return numberOf(String(json));
  if (typeof json === "string") return json.startsWith("'") ? null : { type: "symbol", name: json };
  if (Array.isArray(json)) return functionOf(json, budget);
  if (typeof json !== "object" || json === null) return null;
  if ("num" in json && typeof json.num === "string") return numberOf(json.num);
  if ("sym" in json && typeof json.sym === "string") return { type: "symbol", name: json.sym };
  return "fn" in json && Array.isArray(json.fn) ? functionOf(json.fn, budget) : null;
}

function functionOf([name, ...parts]: readonly unknown[], budget: { nodes: number }): Expression | null {
  if (typeof name !== "string" || name === "Error") return null;
  // `\displaystyle x` is x.
  const read = name === "Annotated" ? parts.slice(0, 1) : parts;
  const operands: Expression[] = [];
  for (const part of read) {
    const operand = fromMathJson(part, budget);
    if (operand === null) return null;
    operands.push(operand);
  }
  const [only] = operands;
  if (isMixedNumber(name, parts)) return { type: "function", name: "Add", operands };
  const isBracket = name === "Delimiter" || name === "Annotated" || name === "Sequence";
  if (isBracket) return operands.length === 1 && only !== undefined ? only : null;
  return { type: "function", name, operands };
}

/** "1\frac{1}{2}" is one and a half, as every grader of MATH reads it; "1(1/2)" is a product. */
function isMixedNumber(name: string, [whole, part, ...rest]: readonly unknown[]): boolean {
  if (name !== "InvisibleOperator" || rest.length > 0 || !isCount(whole) || !Array.isArray(part)) return false;
  return part.length === 3 && part[0] === "Divide" && isCount(part[1]) && isCount(part[2]);
}

function isCount(json: unknown): boolean {
  return typeof json === "number" && Number.isInteger(json) && json > 0;
}

/** "0.1", "25e-2", "0.(3)". */
function numberOf(text: string): Expression | null {
  const repeating = text.replace(/\((\d+)\)$/, "\\overline{$1}");
  const number = readNumber(repeating);
  return number === null ? null : { type: "number", value: new Fraction(number.numerator, number.denominator) };
}

/** The names in an expression that may stand for anything. */
export function variablesOf(expression: Expression, found = new Set<string>()): Set<string> {
  if (expression.type === "symbol" && !CONSTANTS.has(expression.name)) found.add(expression.name);
  if (expression.type === "function") for (const operand of expression.operands) variablesOf(operand, found);
  return found;
}

/** Names with a value of their own. */
export const CONSTANTS: ReadonlySet<string> = new Set([
  "Pi",
  "e",
  "ExponentialE",
  "i",
  "ImaginaryUnit",
  "PositiveInfinity",
]);
