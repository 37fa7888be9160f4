import fc from "fast-check";
import { expect, test } from "vitest";
import { apply, compare, formatRational, formatState, parseRational, rational } from "../../src/verifiers/rational.ts";

const anyRational = fc
  .tuple(fc.integer({ min: -500, max: 500 }), fc.integer({ min: 1, max: 500 }))
  .map(([numerator, denominator]) => rational(numerator, denominator))
  .filter((value) => value !== null);

test("fractions are reduced and the sign is in the numerator", () => {
  expect(rational(6, -4)).toEqual({ numerator: -3, denominator: 2 });
  expect(rational(0, -7)).toEqual({ numerator: 0, denominator: 1 });
});

test("a zero denominator and an overflow are refused", () => {
  expect(rational(1, 0)).toBeNull();
  expect(apply("/", { numerator: 5, denominator: 1 }, { numerator: 0, denominator: 1 })).toBeNull();
  const large = { numerator: Number.MAX_SAFE_INTEGER, denominator: 1 };
  expect(apply("*", large, large)).toBeNull();
  expect(apply("+", large, large)).toBeNull();
});

test("8 / (3 - 8 / 3) is exactly 24", () => {
  const three = { numerator: 3, denominator: 1 };
  const eight = { numerator: 8, denominator: 1 };
  const difference = apply("-", three, apply("/", eight, three) ?? three);
  expect(difference && apply("/", eight, difference)).toEqual({ numerator: 24, denominator: 1 });
});

test("what is written can be read again", () => {
  fc.assert(
    fc.property(anyRational, (value) => {
      expect(parseRational(formatRational(value))).toEqual(value);
    }),
  );
  for (const text of ["", "1.5", "1/0", "+3", "a", "1/-2", "--1", " 1"]) expect(parseRational(text)).toBeNull();
});

test("subtraction undoes addition, and division undoes multiplication", () => {
  fc.assert(
    fc.property(anyRational, anyRational, (left, right) => {
      const sum = apply("+", left, right);
      expect(sum && apply("-", sum, right)).toEqual(left);
      fc.pre(right.numerator !== 0);
      const product = apply("*", left, right);
      expect(product && apply("/", product, right)).toEqual(left);
    }),
  );
});

test("a state is written in ascending order of value", () => {
  fc.assert(
    fc.property(fc.array(anyRational, { minLength: 1, maxLength: 4 }), (values) => {
      const read = formatState(values).split(" ").map(parseRational);
      for (const [index, value] of read.entries()) {
        const next = read[index + 1];
        if (value && next) expect(compare(value, next)).toBeLessThanOrEqual(0);
      }
    }),
  );
});
