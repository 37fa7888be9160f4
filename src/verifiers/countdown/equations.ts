import { type ExpressionFault, parseExpression } from "../expression.ts";
import {
  formatRational,
  formatState,
  isEqual,
  isInteger,
  parseRational,
  type Rational,
  sortRationals,
} from "../rational.ts";

/** What may occur on the way to the target. The TV game allows positive integers only. */
export const INTERMEDIATES = ["positive-integers", "integers", "rationals"] as const;
export type Intermediates = (typeof INTERMEDIATES)[number];

export type EquationCheck =
  /** `left` are the numbers not used yet, the equation's result among them, ascending. */
  | { readonly type: "holds"; readonly result: Rational; readonly left: readonly Rational[] }
  /** Not an equation at all: it says nothing about the numbers. */
  | { readonly type: "prose" }
  | { readonly type: "false"; readonly reason: string };

const FAULTS: Readonly<Record<ExpressionFault, string>> = {
  "too-long": "it is too long",
  "too-deep": "its brackets are too deep",
  syntax: "it cannot be read",
  "division-by-zero-or-overflow": "it divides by zero, or its numbers are too large",
  "forbidden-intermediate-result": "a result on the way is not allowed",
};

/**
 * Checks one equation such as `(100 - 6) * 25 = 2350` or `3 * 6 = 18 (left: 18 25)` against the numbers that are left before
 * it. Each may be used once; the result is then one of them. A last equation may leave its `= result` out.
 */
export function checkEquation(
  numbers: readonly Rational[],
  text: string,
  intermediates: Intermediates,
  needsResult: boolean,
): EquationCheck {
  const list = /\(\s{0,3}left\b\s{0,3}:?([^()]*)\)\s*$/i.exec(text);
  const equation = list === null ? text : text.slice(0, list.index);
  const listed = list?.[1];
  const sides = equation.split("=").map((side) => side.trim());
  const first = sides[0] === undefined ? null : parseRational(sides[0]);
  // "952 = 25 * ..." is turned round.
  const [left = "", right] = sides.length === 2 && first !== null ? sides.toReversed() : sides;
  const isOperation = /[-+*/×·∙⋅÷−–]/.test(left) || !needsResult;
  if (sides.length > 2 || !isOperation || !/\d/.test(left) || (needsResult && right === undefined))
    return { type: "prose" };
  const expression = parseExpression(left, "divisions", (value) => isAllowed(value, intermediates));
  if (expression.type === "fault") {
    // Words with a hyphen or an equals sign in them are no equation; what is written in digits claims to be one.
    if (expression.reason === "syntax" && /[a-z]/i.test(left)) return { type: "prose" };
    return { type: "false", reason: FAULTS[expression.reason] };
  }
  let rest: readonly Rational[] = numbers;
  for (const leaf of expression.leaves) {
    const index = rest.findIndex((number) => isEqual(number, leaf));
    if (index === -1) return { type: "false", reason: `${formatRational(leaf)} is not there, or not any more` };
    rest = rest.toSpliced(index, 1);
  }
  const { value } = expression;
  const stated = right === undefined ? null : parseRational(right);
  if (right !== undefined && (stated === null || !isEqual(stated, value))) {
    return { type: "false", reason: `it is worth ${formatRational(value)}, not ${right}` };
  }
  const remaining = sortRationals([...rest, value]);
  if (listed !== undefined && listed.replace(/[\s,]+/g, " ").trim() !== formatState(remaining)) {
    return { type: "false", reason: `what is left is ${formatState(remaining)}` };
  }
  return { type: "holds", result: value, left: remaining };
}

function isAllowed(value: Rational, intermediates: Intermediates): boolean {
  if (intermediates === "rationals") return true;
  return isInteger(value) && (intermediates === "integers" || value.numerator > 0);
}
