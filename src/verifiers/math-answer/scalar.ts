import Fraction from "fraction.js";
import { canonicalAnswer } from "../../core/answer/canonical.ts";
import { readNumber } from "../../core/answer/number.ts";
import { type Expression, parseExpression } from "./expression.ts";
import type { Form } from "./form.ts";
import { constantValue, isIdentity } from "./identity.ts";

export type Scalar = Extract<Form, { type: "scalar" }>;

/** Why two scalars are the same; null where they are not, or where nothing can be said. */
export function sameScalar(left: Scalar, right: Scalar, tolerance: number): string | null {
  if (left.isPercent === right.isPercent && sameClass(left.text, right.text)) return "one answer class";
  const [one, other] = [expressionOf(left.text), expressionOf(right.text)];
  if (one === null || other === null) return sameDigits(left.text, right.text);
  // A sign of percent on one side only has two readings: 50% is 50 to who asks for a percentage, and 0.5 to who does not.
  const readings: [Expression, Expression][] = [[one, other]];
  if (left.isPercent && !right.isPercent) readings.push([one, hundredfold(other)]);
  if (!left.isPercent && right.isPercent) readings.push([hundredfold(one), other]);
  for (const [first, second] of readings) {
    if (isIdentity(first, second, 0) === true) return "the same value";
    if (tolerance > 0 && isIdentity(first, second, tolerance) === true) return "within the tolerance";
  }
  if (isRounding(left.text, other) || isRounding(right.text, one)) return "rounded to the places given";
  return sameDigits(left.text, right.text);
}

function sameClass(left: string, right: string): boolean {
  if (left === right) return true;
  const known = canonicalAnswer(left);
  return known !== null && known === canonicalAnswer(right);
}

function expressionOf(text: string): Expression | null {
  const number = readNumber(text);
  if (number === null) return parseExpression(text);
  return { type: "number", value: new Fraction(number.numerator, number.denominator) };
}

function hundredfold(expression: Expression): Expression {
  const hundred: Expression = { type: "number", value: new Fraction(100) };
  return { type: "function", name: "Multiply", operands: [expression, hundred] };
}

/** Six places, as Math-Verify compares decimals; and enough digits that a tiny number is not everything's rounding. */
const DECIMAL = /^-?\d*\.(?=\d{6,15}$)0*[1-9]\d{3,}$|^-?\d*[1-9]\d*\.\d{6,15}$/;

/** "0.333333" stands for a third: a decimal of six places or more that the other value rounds to. */
function isRounding(text: string, other: Expression): boolean {
  if (!DECIMAL.test(text)) return false;
  const value = constantValue(other);
  const places = text.length - text.indexOf(".") - 1;
  return value !== null && Math.abs(Number(text) - value) <= 0.5000001 * 10 ** -places;
}

/** 1011_2 and 1011: the same digits, the base named on one side only. */
function sameDigits(left: string, right: string): string | null {
  const [one, other] = [BASE.exec(left), BASE.exec(right)];
  const isOneSided = (one === null) !== (other === null);
  const [plainLeft, plainRight] = [one?.[1] ?? left, other?.[1] ?? right];
  return isOneSided && plainLeft.trim() === plainRight.trim() ? "the same digits, a base named on one side" : null;
}

const BASE = /^(\d[\dA-Fa-f]*)_(?:\d|\{\d{1,2}\})$/;
