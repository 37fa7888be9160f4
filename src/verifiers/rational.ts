/**
 * Exact rational numbers on safe integers.
 *
 * A Game of 24 never needs big numbers (13^4 at most); anything that would leave the safe integers is refused with
 * `null` instead of being rounded, so a verdict built on these values is never an approximation.
 */
export type Rational = {
  readonly numerator: number;
  /** Always positive, and coprime to the numerator. */
  readonly denominator: number;
};

export type Operator = "+" | "-" | "*" | "/";

/** The reduced fraction, or null for a zero denominator and for values outside the safe integers. */
export function rational(numerator: number, denominator = 1): Rational | null {
  if (!Number.isSafeInteger(numerator) || !Number.isSafeInteger(denominator) || denominator === 0) return null;
  const divisor = greatestCommonDivisor(Math.abs(numerator), Math.abs(denominator)) * (denominator < 0 ? -1 : 1);
  return { numerator: numerator / divisor + 0, denominator: denominator / divisor };
}

/** `left operator right`, or null for a division by zero and for an overflow. */
export function apply(operator: Operator, left: Rational, right: Rational): Rational | null {
  switch (operator) {
    case "+":
      return rational(
        left.numerator * right.denominator + right.numerator * left.denominator,
        left.denominator * right.denominator,
      );
    case "-":
      return rational(
        left.numerator * right.denominator - right.numerator * left.denominator,
        left.denominator * right.denominator,
      );
    case "*":
      return rational(left.numerator * right.numerator, left.denominator * right.denominator);
    case "/":
      return rational(left.numerator * right.denominator, left.denominator * right.numerator);
  }
}

export function isEqual(left: Rational, right: Rational): boolean {
  return left.numerator === right.numerator && left.denominator === right.denominator;
}

export function isInteger(value: Rational): boolean {
  return value.denominator === 1;
}

/** Negative, zero or positive: the order of the values. */
export function compare(left: Rational, right: Rational): number {
  return left.numerator * right.denominator - right.numerator * left.denominator;
}

/** Reads "5", "-2", "8/3", also with the typographic minus; null for anything else. */
export function parseRational(text: string): Rational | null {
  const match = /^([-−]?)(\d{1,15})(?:\/(\d{1,15}))?$/.exec(text);
  if (match === null) return null;
  const numerator = Number(match[2]) * (match[1] === "" ? 1 : -1);
  return rational(numerator, match[3] === undefined ? 1 : Number(match[3]));
}

export function formatRational(value: Rational): string {
  return value.denominator === 1 ? `${value.numerator}` : `${value.numerator}/${value.denominator}`;
}

/** Ascending copy: the one order in which states are written. */
export function sortRationals(values: readonly Rational[]): readonly Rational[] {
  return [...values].sort(compare);
}

/** The canonical text of a multiset: ascending, separated by one space, for example "4 4 10". */
export function formatState(values: readonly Rational[]): string {
  return sortRationals(values).map(formatRational).join(" ");
}

function greatestCommonDivisor(left: number, right: number): number {
  let a = left;
  let b = right;
  while (b !== 0) [a, b] = [b, a % b];
  return a === 0 ? 1 : a;
}
