import Complex from "complex.js";
import type { Expression } from "./expression.ts";

const CONSTANT_VALUES: Readonly<Record<string, Complex>> = {
  Pi: new Complex(Math.PI, 0),
  e: new Complex(Math.E, 0),
  ExponentialE: new Complex(Math.E, 0),
  i: new Complex(0, 1),
  ImaginaryUnit: new Complex(0, 1),
};

/** `real`: no root, logarithm or power on the way may leave the real numbers, as in a schoolbook. */
export type Domain = "real" | "complex";

/** The value of an expression in double precision; null where it has none that is finite, or says what we do not know. */
export function complexValue(
  expression: Expression,
  values: ReadonlyMap<string, Complex>,
  domain: Domain,
): Complex | null {
  const value = evaluate(expression, values, domain);
  if (value === null || !Number.isFinite(value.re) || !Number.isFinite(value.im)) return null;
  return domain === "complex" || isReal(value) ? value : null;
}

function evaluate(expression: Expression, values: ReadonlyMap<string, Complex>, domain: Domain): Complex | null {
  if (expression.type === "number") return new Complex(expression.value.valueOf(), 0);
  if (expression.type === "symbol") return values.get(expression.name) ?? CONSTANT_VALUES[expression.name] ?? null;
  const operands: Complex[] = [];
  for (const operand of expression.operands) {
    const value = complexValue(operand, values, domain);
    if (value === null) return null;
    operands.push(value);
  }
  const [first, second] = operands;
  if (first === undefined) return null;
  const compute = second === undefined ? UNARY[expression.name] : NARY[expression.name];
  return compute?.(first, second ?? first, operands) ?? null;
}

/** Of values that should be real: rounding leaves crumbs. */
const CRUMB = 1e-12;

export function isReal(value: Complex): boolean {
  return Math.abs(value.im) <= CRUMB * Math.max(1, Math.abs(value.re));
}

function ofReal(compute: (value: number) => number): (value: Complex) => Complex | null {
  return (value) => (isReal(value) ? new Complex(compute(value.re), 0) : null);
}

const itself = (value: Complex): Complex => value;

type Compute = (first: Complex, second: Complex, all: readonly Complex[]) => Complex | null;

const UNARY: Readonly<Record<string, Compute>> = {
  Add: itself,
  Multiply: itself,
  InvisibleOperator: itself,
  Max: itself,
  Min: itself,
  Negate: (value) => value.neg(),
  Sqrt: (value) => value.sqrt(),
  Abs: (value) => new Complex(value.abs(), 0),
  Conjugate: (value) => value.conjugate(),
  Floor: ofReal(Math.floor),
  Ceil: ofReal(Math.ceil),
  Factorial: ofReal(factorial),
  Degrees: (value) => value.mul(Math.PI / 180),
  Exp: (value) => value.exp(),
  Ln: (value) => (value.abs() === 0 ? null : value.log()),
  // The logarithm without a base is the one of schoolbooks.
  Log: (value) => logarithm(value, new Complex(10, 0)),
  Lg: (value) => logarithm(value, new Complex(10, 0)),
  Lb: (value) => logarithm(value, new Complex(2, 0)),
  Sin: (value) => value.sin(),
  Cos: (value) => value.cos(),
  Tan: (value) => value.tan(),
  Cot: (value) => value.cot(),
  Sec: (value) => value.sec(),
  Csc: (value) => value.csc(),
  Arcsin: (value) => value.asin(),
  Arccos: (value) => value.acos(),
  Arctan: (value) => value.atan(),
  Sinh: (value) => value.sinh(),
  Cosh: (value) => value.cosh(),
  Tanh: (value) => value.tanh(),
};

const NARY: Readonly<Record<string, Compute>> = {
  Add: (_first, _second, all) => all.reduce((sum, one) => sum.add(one)),
  Multiply: (_first, _second, all) => all.reduce((product, one) => product.mul(one)),
  InvisibleOperator: (_first, _second, all) => all.reduce((product, one) => product.mul(one)),
  Subtract: (first, second) => first.sub(second),
  Divide: (first, second) => (second.abs() === 0 ? null : first.div(second)),
  Rational: (first, second) => (second.abs() === 0 ? null : first.div(second)),
  Power: (first, second) => (first.abs() === 0 ? powerOfZero(second) : first.pow(second)),
  Root: root,
  Log: logarithm,
  Max: (_first, _second, all) => (all.every(isReal) ? new Complex(Math.max(...all.map(({ re }) => re)), 0) : null),
  Min: (_first, _second, all) => (all.every(isReal) ? new Complex(Math.min(...all.map(({ re }) => re)), 0) : null),
};

function powerOfZero(exponent: Complex): Complex | null {
  if (exponent.abs() === 0) return new Complex(1, 0);
  return exponent.re > 0 ? new Complex(0, 0) : null;
}

/** An odd root of a negative number is the negative one. */
function root(value: Complex, index: Complex): Complex | null {
  if (!isReal(index) || index.re === 0) return null;
  const isOddOfNegative = isReal(value) && value.re < 0 && Math.abs(index.re % 2) === 1;
  if (isOddOfNegative) return new Complex(-((-value.re) ** (1 / index.re)), 0);
  return value.abs() === 0 ? powerOfZero(index) : value.pow(1 / index.re, 0);
}

function logarithm(value: Complex, base: Complex): Complex | null {
  if (value.abs() === 0 || base.abs() === 0) return null;
  const divisor = base.log();
  return divisor.abs() === 0 ? null : value.log().div(divisor);
}

function factorial(value: number): number {
  if (!Number.isInteger(value) || value < 0 || value > 170) return Number.NaN;
  let product = 1;
  for (let factor = 2; factor <= value; factor++) product *= factor;
  return product;
}
