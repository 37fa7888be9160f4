import { expect, test } from "vitest";
import { mean, median, passAtK, shareInterval } from "../../src/core/statistics.ts";

test("pass@k by hand: of 4 samples 2 right, two draws both miss with chance 2/4 * 1/3 = 1/6", () => {
  expect(passAtK(4, 2, 1)).toBeCloseTo(0.5, 12);
  expect(passAtK(4, 2, 2)).toBeCloseTo(1 - 1 / 6, 12);
  expect(passAtK(4, 2, 3)).toBe(1);
  expect(passAtK(4, 0, 4)).toBe(0);
});

test("Wilson's interval by hand: 8 of 10 is 49.0 % to 94.3 %", () => {
  const [low, high] = shareInterval(8, 10);
  expect(low).toBeCloseTo(0.4902, 4);
  expect(high).toBeCloseTo(0.9433, 4);
  expect(shareInterval(0, 0)).toEqual([0, 1]);
  expect(shareInterval(0, 10)[0]).toBe(0);
});

test("mean and median, also of an even count", () => {
  expect(mean([1, 2, 6])).toBe(3);
  expect(median([5, 1, 3])).toBe(3);
  expect(median([4, 1, 3, 2])).toBe(2.5);
});
