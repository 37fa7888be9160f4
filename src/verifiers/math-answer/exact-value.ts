import Fraction from "fraction.js";
import type { Expression } from "./expression.ts";

/** Numerators and denominators beyond this are not worked out: hostile powers cost nothing. */
const MAX_BITS = 4096;
const MAX_FACTORIAL = 200;
const MAX_ROOT = 64n;

/**
 * The exact rational value of an expression; null where it has none (a root that does not come out, pi, a division by
 * zero) or where it would be too large to work out. What it gives is never rounded.
 */
export function exactValue(expression: Expression, values: ReadonlyMap<string, Fraction>): Fraction | null {
  if (expression.type === "number") return expression.value;
  if (expression.type === "symbol") return values.get(expression.name) ?? null;
  const operands: Fraction[] = [];
  for (const operand of expression.operands) {
    const value = exactValue(operand, values);
    if (value === null) return null;
    operands.push(value);
  }
  const [first, second] = operands;
  if (first === undefined) return null;
  const value = second === undefined ? unary(expression.name, first) : nary(expression.name, first, second, operands);
  return value === null || bits(value) > MAX_BITS ? null : value;
}

function unary(name: string, value: Fraction): Fraction | null {
  switch (name) {
    case "Add":
    case "Multiply":
    case "InvisibleOperator":
    case "Max":
    case "Min":
      return value;
    case "Negate":
      return value.neg();
    case "Sqrt":
      return rootOf(value, 2n);
    case "Abs":
      return value.abs();
    case "Floor":
      return value.floor();
    case "Ceil":
      return value.ceil();
    case "Factorial":
      return factorial(value);
    case "Exp":
      return value.n === 0n ? new Fraction(1) : null;
    case "Ln":
      return value.equals(1) ? new Fraction(0) : null;
    default:
      return null;
  }
}

function nary(name: string, first: Fraction, second: Fraction, all: readonly Fraction[]): Fraction | null {
  switch (name) {
    case "Add":
      return all.reduce((sum, one) => sum.add(one));
    case "InvisibleOperator":
    case "Multiply":
      return all.reduce((product, one) => product.mul(one));
    case "Subtract":
      return first.sub(second);
    case "Divide":
    case "Rational":
      return second.n === 0n ? null : first.div(second);
    case "Power":
      return power(first, second);
    case "Root":
      return second.d === 1n && second.s > 0n ? rootOf(first, second.n) : null;
    case "Binomial":
    case "Choose":
      return binomial(first, second);
    case "GCD":
    case "LCM":
      if (!all.every(isWhole)) return null;
      return all.reduce((one, other) => (name === "GCD" ? one.gcd(other) : one.lcm(other)));
    case "Mod":
      return second.n === 0n ? null : first.sub(second.mul(first.div(second).floor()));
    case "Max":
      return all.reduce((most, one) => (one.compare(most) > 0 ? one : most));
    case "Min":
      return all.reduce((least, one) => (one.compare(least) < 0 ? one : least));
    default:
      return null;
  }
}

function isWhole(value: Fraction): boolean {
  return value.d === 1n;
}

function bits(value: Fraction): number {
  return Math.max(value.n.toString(16).length, value.d.toString(16).length) * 4;
}

function power(base: Fraction, exponent: Fraction): Fraction | null {
  const root = exponent.d === 1n ? base : rootOf(base, exponent.d);
  if (root === null || (root.n === 0n && exponent.s < 0n)) return null;
  // An even root was taken of a number that is not negative; an odd root of a negative one is not its principal power.
  if (exponent.d !== 1n && base.s < 0n) return null;
  if (exponent.n > BigInt(MAX_BITS) || bits(root) * Number(exponent.n) > MAX_BITS) {
    return root.equals(1) || root.n === 0n ? root : null;
  }
  const raised = new Fraction(root.s ** exponent.n * root.n ** exponent.n, root.d ** exponent.n);
  return exponent.s < 0n ? raised.inverse() : raised;
}

/** The real root where it is rational: of negative numbers only odd ones. */
function rootOf(value: Fraction, index: bigint): Fraction | null {
  if (index < 1n || index > MAX_ROOT || (value.s < 0n && index % 2n === 0n)) return null;
  const [above, below] = [wholeRoot(value.n, index), wholeRoot(value.d, index)];
  if (above === null || below === null) return null;
  const root = new Fraction(above, below);
  return value.s < 0n ? root.neg() : root;
}

function wholeRoot(value: bigint, index: bigint): bigint | null {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) return null;
  const root = BigInt(Math.round(Number(value) ** (1 / Number(index))));
  return root ** index === value ? root : null;
}

function factorial(value: Fraction): Fraction | null {
  if (!isWhole(value) || value.s < 0n || value.n > BigInt(MAX_FACTORIAL)) return null;
  let product = 1n;
  for (let factor = 2n; factor <= value.n; factor++) product *= factor;
  return new Fraction(product);
}

function binomial(from: Fraction, choose: Fraction): Fraction | null {
  if (!isWhole(from) || !isWhole(choose) || from.s < 0n || choose.s < 0n) return null;
  if (choose.n > from.n) return new Fraction(0);
  if (from.n > BigInt(MAX_FACTORIAL)) return null;
  let product = 1n;
  for (let step = 1n; step <= choose.n; step++) product = (product * (from.n - choose.n + step)) / step;
  return new Fraction(product);
}
