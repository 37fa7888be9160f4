import { cleanAnswer, withoutTextCommands } from "../../core/answer/latex.ts";
import { readNumber } from "../../core/answer/number.ts";
import { shapeOf } from "../../core/answer/shape.ts";
import { withoutUnit } from "../../core/answer/unit.ts";

/** What kind of thing an answer is, before anything is computed. */
export type Form =
  /** `text` without its unit and its sign of percent. */
  | { readonly type: "scalar"; readonly text: string; readonly isPercent: boolean }
  /** x = 5, 2x + y \le 4, 1 < x < 2: one operator fewer than sides. */
  | { readonly type: "relation"; readonly operators: readonly Operator[]; readonly sides: readonly string[] }
  /** In any order: "1, 2", "3 \pm \sqrt{2}". */
  | { readonly type: "set"; readonly parts: readonly Form[] }
  | { readonly type: "tuple"; readonly open: string; readonly close: string; readonly parts: readonly Form[] }
  | { readonly type: "union"; readonly parts: readonly Form[] }
  | { readonly type: "matrix"; readonly isDeterminant: boolean; readonly rows: readonly (readonly Form[])[] };

export type Operator = "=" | "<" | "<=" | ">" | ">=" | "!=";

/** Sets of tuples of sets: deeper nesting is read as text. */
const MAX_DEPTH = 5;

/** Linear in the text but for its nesting, which is bounded. */
export function readForm(answer: string, depth = 0): Form {
  const clean = cleanAnswer(answer);
  if (depth >= MAX_DEPTH) return scalar(clean);
  const named = NAMED_SETS.find(({ name }) => name.test(clean))?.form;
  const matrix = readMatrix(clean, depth);
  if (named !== undefined || matrix !== null) return named ?? matrix ?? scalar(clean);
  const bare = withoutTextCommands(withoutUnit(clean)).trim();
  if (/\\pm(?![a-zA-Z])|±/.test(bare)) {
    const parts = [
      bare.replace(PLUS_MINUS, "+").replace(MINUS_PLUS, "-"),
      bare.replace(PLUS_MINUS, "-").replace(MINUS_PLUS, "+"),
    ];
    return { type: "set", parts: flat(parts.map((part) => readForm(part, depth + 1))) };
  }
  const shape = shapeOf(bare, (text) => readNumber(text) !== null);
  switch (shape.type) {
    case "single":
      return readRelation(shape.text) ?? scalar(clean);
    case "list":
      // "x = 1, 2" is one variable with two values, "x = 1, y = 2" are two relations.
      return (
        readRelation(bare, shape.parts) ?? {
          type: "set",
          parts: flat(shape.parts.map((part) => readForm(part, depth + 1))),
        }
      );
    case "set":
      return { type: "set", parts: flat(shape.parts.map((part) => readForm(part, depth + 1))) };
    case "union":
      return { type: "union", parts: shape.parts.map((part) => readForm(part, depth + 1)) };
    case "tuple":
      return { ...shape, parts: shape.parts.map((part) => readForm(part, depth + 1)) };
  }
}

const NAMED_SETS: readonly { readonly name: RegExp; readonly form: Form }[] = [
  { name: /^(?:\\emptyset|\\varnothing|∅|\\text\s*\{\s*empty set\s*\})$/, form: { type: "set", parts: [] } },
  {
    name: /^(?:\\mathbb\s*\{?R\}?|ℝ|(?:\\text\s*\{)?\s*all real numbers\s*\}?)$/i,
    form: { type: "tuple", open: "(", close: ")", parts: [infinity("-"), infinity("")] },
  },
];

function infinity(sign: string): Form {
  return { type: "scalar", text: `${sign}\\infty`, isPercent: false };
}

const PLUS_MINUS = /\\pm(?![a-zA-Z])|±/g;
const MINUS_PLUS = /\\mp(?![a-zA-Z])|∓/g;

/** A set in a set comes from \pm: its values belong to the outer one. */
function flat(parts: readonly Form[]): Form[] {
  return parts.flatMap((part) => (part.type === "set" ? part.parts : [part]));
}

function scalar(clean: string): Form {
  const percent = /^(.*\S)\s*(?:\\?%|percent|per cent)$/i.exec(withoutTextCommands(clean));
  if (percent !== null) return { type: "scalar", text: percent[1] ?? "", isPercent: true };
  return { type: "scalar", text: withoutTextCommands(withoutUnit(clean)).trim(), isPercent: false };
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  "=": "=",
  "<": "<",
  "\\lt": "<",
  ">": ">",
  "\\gt": ">",
  "<=": "<=",
  "≤": "<=",
  "\\le": "<=",
  "\\leq": "<=",
  "\\leqslant": "<=",
  ">=": ">=",
  "≥": ">=",
  "\\ge": ">=",
  "\\geq": ">=",
  "\\geqslant": ">=",
  "!=": "!=",
  "≠": "!=",
  "\\ne": "!=",
  "\\neq": "!=",
};

const OPERATOR = /(?:<=|>=|!=|[=<>≤≥≠]|\\(?:leqslant|geqslant|leq|geq|neq|le|ge|ne|lt|gt)(?![a-zA-Z]))/g;

/** A list is a relation only where its one operator is an equal sign in its first part: "x = 1, 2". */
function readRelation(text: string, listParts: readonly string[] | null = null): Form | null {
  const operators = [...text.matchAll(OPERATOR)].map(([sign]) => OPERATORS[sign] ?? "=");
  if (operators.length === 0) {
    const membership = /^\s*([a-zA-Z]|\\[a-zA-Z]+)\s*(?:\\in(?![a-zA-Z])|∈)\s*(.+)$/.exec(text);
    return membership === null ? null : relation(["="], [membership[1] ?? "", membership[2] ?? ""]);
  }
  if (listParts !== null && !(operators.length === 1 && operators[0] === "=" && listParts[0]?.includes("=")))
    return null;
  const sides = text.split(OPERATOR).map((side) => side.trim());
  if (sides.some((side) => side === "") || operators.length > 3) return null;
  // "x = 2 + 3 = 5" says what x is at its end.
  if (operators.length > 1 && operators.every((operator) => operator === "=")) {
    return relation(["="], [sides[0] ?? "", sides.at(-1) ?? ""]);
  }
  return relation(operators, sides);
}

function relation(operators: readonly Operator[], sides: readonly string[]): Form {
  return { type: "relation", operators, sides };
}

const MAX_CELLS = 64;

function readMatrix(clean: string, depth: number): Form | null {
  const match = /^\\begin\s*\{([pbBvV]?matrix|array)\}(?:\{[^{}]*\})?(.*)\\end\s*\{\1\}$/s.exec(clean);
  const body = match?.[2];
  if (match === null || body === undefined || body.includes("\\begin")) return null;
  const rows = body
    .split("\\\\")
    .map((row) => row.trim())
    .filter((row) => row !== "")
    .map((row) => row.split("&"));
  if (rows.flat().length > MAX_CELLS) return null;
  const isDeterminant = match[1] === "vmatrix";
  return { type: "matrix", isDeterminant, rows: rows.map((row) => row.map((cell) => readForm(cell, depth + 1))) };
}
