import {
  apply,
  formatRational,
  formatState,
  isEqual,
  type Operator,
  parseRational,
  type Rational,
  sortRationals,
} from "../rational.ts";

export type StepFault = "not-a-step" | "operand-not-available" | "division-by-zero" | "wrong-result" | "wrong-left";

export type StepCheck =
  /** `left` is what remains after the step, ascending. */
  | { readonly type: "legal"; readonly left: readonly Rational[] }
  | { readonly type: "illegal"; readonly reason: StepFault };

export type Step = {
  readonly first: Rational;
  readonly operator: Operator;
  readonly second: Rational;
  readonly result: Rational;
  /** As written; a legal step's list is the remaining multiset in any order. */
  readonly left: readonly Rational[];
};

const NUMBER = String.raw`([-−]?\d{1,12}(?:\/\d{1,12})?)`;
const STEP = new RegExp(
  String.raw`^\s*${NUMBER}\s*([-+*/×÷−])\s*${NUMBER}\s*=\s*${NUMBER}\s*\(\s*left\s*:\s*([-−\d/,\s]*)\)\s*$`,
  "i",
);
const OPERATORS: Readonly<Record<string, Operator>> = {
  "+": "+",
  "-": "-",
  "−": "-",
  "*": "*",
  "×": "*",
  "/": "/",
  "÷": "/",
};

/** Reads one line such as `13 - 9 = 4 (left: 4 4 10)`; null when it does not have that form. */
export function parseStep(line: string): Step | null {
  const match = STEP.exec(line);
  const first = parseRational(match?.[1] ?? "");
  const operator = OPERATORS[match?.[2] ?? ""];
  const second = parseRational(match?.[3] ?? "");
  const result = parseRational(match?.[4] ?? "");
  const left = (match?.[5] ?? "").split(/[\s,]+/).filter((word) => word !== "");
  const leftNumbers = left.map(parseRational).filter((number) => number !== null);
  if (first === null || operator === undefined || second === null || result === null) return null;
  return left.length === leftNumbers.length ? { first, operator, second, result, left: leftNumbers } : null;
}

/** Checks one step line against the numbers that are there before it: operands, arithmetic, and what is left. */
export function checkStep(numbers: readonly Rational[], line: string): StepCheck {
  const step = parseStep(line);
  if (step === null) return { type: "illegal", reason: "not-a-step" };
  const rest = without(without(numbers, step.first), step.second);
  if (rest === null) return { type: "illegal", reason: "operand-not-available" };
  const result = apply(step.operator, step.first, step.second);
  if (result === null) return { type: "illegal", reason: "division-by-zero" };
  if (!isEqual(result, step.result)) return { type: "illegal", reason: "wrong-result" };
  const left = sortRationals([...rest, result]);
  if (formatState(left) !== formatState(step.left)) return { type: "illegal", reason: "wrong-left" };
  return { type: "legal", left };
}

/** The line as it is written everywhere: `first operator second = result (left: ascending numbers)`. */
export function formatStep(step: Step): string {
  const { first, operator, second, result, left } = step;
  return `${formatRational(first)} ${operator} ${formatRational(second)} = ${formatRational(result)} (left: ${formatState(left)})`;
}

function without(numbers: readonly Rational[] | null, number: Rational): readonly Rational[] | null {
  const index = numbers?.findIndex((candidate) => isEqual(candidate, number)) ?? -1;
  return numbers === null || index === -1 ? null : numbers.toSpliced(index, 1);
}
