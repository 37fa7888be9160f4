import Complex from "complex.js";
import { complexValue, type Domain } from "./complex-value.ts";
import { exactValue } from "./exact-value.ts";
import type { Expression } from "./expression.ts";
import { pointsFor, type Values } from "./points.ts";

/**
 * Two expressions are the same when they have the same value wherever both have one. That is decided at points: exactly
 * in rational numbers where the values are rational (two different polynomials of answers' size do not agree at all of
 * them), else in double precision. Deciding takes time linear in the expressions, which no simplifier promises.
 */
export function isIdentity(left: Expression, right: Expression, tolerance: number): boolean | null {
  const points = pointsFor(left, right);
  if (points.length === 0) return null;
  // An answer is about real numbers where it can be: beyond them roots and logarithms have branches.
  for (const domain of ["real", "complex"] as const) {
    const seen = points.map((values) => isSameAt(left, right, values, domain, tolerance)).filter((one) => one !== null);
    if (seen.length >= Math.min(MIN_POINTS, points.length)) return seen.every((isSame) => isSame);
  }
  return null;
}

/**
 * Do two expressions vanish together, as the two sides of one equation written in two ways do? True when one is a
 * constant multiple of the other; with `sign` only a positive one, as inequalities ask for.
 */
export function isMultiple(left: Expression, right: Expression, sign: "any" | "positive"): boolean | null {
  const ratios: Complex[] = [];
  for (const point of pointsFor(left, right)) {
    const values = complexValues(point);
    const [above, below] = [complexValue(left, values, "real"), complexValue(right, values, "real")];
    if (above === null || below === null) continue;
    const isZero = [above.abs() < ABSOLUTE, below.abs() < ABSOLUTE];
    if (isZero[0] !== isZero[1]) return false;
    if (!isZero[0]) ratios.push(above.div(below));
  }
  const [first] = ratios;
  if (first === undefined || ratios.length < MIN_POINTS) return null;
  if (sign === "positive" && first.re <= 0) return false;
  return ratios.every((ratio) => isClose(ratio, first, 0));
}

const MIN_POINTS = 3;

function isSameAt(
  left: Expression,
  right: Expression,
  values: Values,
  domain: Domain,
  tolerance: number,
): boolean | null {
  const [exactLeft, exactRight] = [exactValue(left, values), exactValue(right, values)];
  if (exactLeft !== null && exactRight !== null) {
    return exactLeft.equals(exactRight) || isWithin(exactLeft.valueOf(), exactRight.valueOf(), tolerance);
  }
  const doubles = complexValues(values);
  const [one, other] = [complexValue(left, doubles, domain), complexValue(right, doubles, domain)];
  return one === null || other === null ? null : isClose(one, other, tolerance);
}

function complexValues(values: Values): ReadonlyMap<string, Complex> {
  return new Map([...values].map(([name, value]) => [name, new Complex(value.valueOf(), 0)]));
}

/** The value of an expression without variables; null where it is not a real number. */
export function constantValue(expression: Expression): number | null {
  const exact = exactValue(expression, new Map());
  if (exact !== null) return exact.valueOf();
  return complexValue(expression, new Map(), "real")?.re ?? null;
}

/** Of double precision's 16 digits some 6 are left to rounding. */
const RELATIVE = 1e-10;
/** What a difference that should be 0 leaves. */
const ABSOLUTE = 1e-12;

function isClose(left: Complex, right: Complex, tolerance: number): boolean {
  const size = Math.max(left.abs(), right.abs());
  return left.sub(right).abs() <= Math.max(RELATIVE * size, tolerance * size, ABSOLUTE);
}

/** Equal up to a share of the larger one. */
function isWithin(left: number, right: number, tolerance: number): boolean {
  return tolerance > 0 && Math.abs(left - right) <= tolerance * Math.max(Math.abs(left), Math.abs(right));
}
