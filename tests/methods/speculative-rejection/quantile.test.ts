import { expect, test } from "vitest";
import { quantile } from "../../../src/methods/speculative-rejection/quantile.ts";

test("by hand: the median of 1, 2, 3, 4 lies between 2 and 3, that of 1, 2, 3 is 2", () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(quantile([3, 1, 2], 0.5)).toBe(2);
});

test("linear between neighbours: a quarter into 10, 20, 40 is half-way from 10 to 20, three quarters half-way to 40", () => {
  expect(quantile([10, 20, 40], 0.25)).toBe(15);
  expect(quantile([10, 20, 40], 0.75)).toBe(30);
});

test("a share of 0 is the least, of one value it is the value, and of none there is none", () => {
  expect(quantile([3, 1, 2], 0)).toBe(1);
  expect(quantile([0.7], 0.5)).toBe(0.7);
  expect(quantile([], 0.5)).toBeNaN();
});
