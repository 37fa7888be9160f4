import fc from "fast-check";
import { expect, test } from "vitest";
import {
  addNanodollars,
  isNanodollars,
  LARGEST_NANODOLLARS,
  microdollarsToNanodollars,
  nanodollarsToMicrodollars,
  percentOf,
} from "../../src/ledger/money.ts";

const anyAmount = fc.integer({ min: 0, max: LARGEST_NANODOLLARS });

test("an amount is an integer from nothing to nine million dollars", () => {
  expect(LARGEST_NANODOLLARS).toBe(9_000_000 * 1_000_000_000);
  expect([0, 1, LARGEST_NANODOLLARS].map(isNanodollars)).toEqual([true, true, true]);
  expect([-1, 0.5, LARGEST_NANODOLLARS + 1, Number.NaN].map(isNanodollars)).toEqual([false, false, false, false]);
});

test("microdollars become nanodollars and come back as they were (I21)", () => {
  expect(microdollarsToNanodollars(3)).toBe(3000);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: LARGEST_NANODOLLARS / 1000 }), (microdollars) => {
      expect(BigInt(microdollarsToNanodollars(microdollars))).toBe(BigInt(microdollars) * 1000n);
      expect(nanodollarsToMicrodollars(microdollarsToNanodollars(microdollars))).toBe(microdollars);
    }),
  );
});

test("a search is never let spend a part of a microdollar that its lease does not hold", () => {
  expect(nanodollarsToMicrodollars(999)).toBe(0);
  expect(nanodollarsToMicrodollars(1999)).toBe(1);
});

test("a sum beyond the safe integers stays above every budget", () => {
  expect(addNanodollars(2, 3)).toBe(5);
  expect(addNanodollars(LARGEST_NANODOLLARS, LARGEST_NANODOLLARS)).toBe(Number.MAX_SAFE_INTEGER);
});

test("a percentage of any amount is exact, rounded up", () => {
  expect(percentOf(10, 50)).toBe(5);
  expect(percentOf(101, 50)).toBe(51);
  expect(percentOf(LARGEST_NANODOLLARS - 1, 80)).toBe(7_200_000_000_000_000);
  fc.assert(
    fc.property(anyAmount, fc.integer({ min: 1, max: 100 }), (whole, percent) => {
      expect(BigInt(percentOf(whole, percent))).toBe((BigInt(whole) * BigInt(percent) + 99n) / 100n);
    }),
  );
});
