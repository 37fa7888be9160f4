import { expect, test } from "vitest";
import { createRandom, type Random } from "../../../src/core/random.ts";
import {
  logit,
  resampleMultinomial,
  resampleSystematic,
  weightOf,
} from "../../../src/methods/particle-filter/weights.ts";

function scripted(...draws: readonly number[]): Random {
  let place = 0;
  return { next: () => draws[place++] ?? 0, integer: () => 0 };
}

test("logit by hand: ln(0.9 / 0.1) = ln 9, 0 at 0.5, and a reward of 0 or 1 is clipped to 1e-7 from the end", () => {
  expect(logit(0.9)).toBeCloseTo(2.1972245773, 9);
  expect(logit(0.5)).toBe(0);
  expect(logit(0)).toBeCloseTo(-16.118095551, 6);
  expect(logit(1)).toBeCloseTo(16.118095551, 6);
});

test("weights are odds: 0.9 is 9 times as likely as 0.5, and 36 times as likely as 0.2", () => {
  expect(weightOf(0.9) / weightOf(0.5)).toBeCloseTo(9, 9);
  expect(weightOf(0.9) / weightOf(0.2)).toBeCloseTo(36, 9);
});

test("multinomial by hand: of weights 1 and 3, draws of 0.2, 0.25 and 0.99 take the first, the second, the second", () => {
  expect(resampleMultinomial([1, 3], 3, scripted(0.2, 0.25, 0.99))).toEqual([1, 2]);
});

test("systematic by hand: of weights 3 and 1, a start of 0.5 draws at 0.5, 1.5, 2.5 and 3.5", () => {
  expect(resampleSystematic([3, 1], 4, scripted(0.5))).toEqual([3, 1]);
});

test("what has no weight is never drawn, and nothing where nothing has", () => {
  expect(resampleMultinomial([0, 1, 0], 2, scripted(0, 1 - 2 ** -32))).toEqual([0, 2, 0]);
  expect(resampleMultinomial([0, 0], 2, scripted(0.5, 0.5))).toEqual([0, 0]);
});

test("both draw in proportion: of 1, 2 and 5, 8,000 draws take some 1,000, 2,000 and 5,000", () => {
  const random = createRandom(1, "particles");
  const drawn = resampleMultinomial([1, 2, 5], 8000, random);
  // Three standard deviations of a share of 1/2 or less: 3 * sqrt(8000) / 2 = 134.
  for (const [index, expected] of [1000, 2000, 5000].entries()) {
    expect(Math.abs((drawn[index] ?? 0) - expected)).toBeLessThan(134);
  }
  for (const [index, count] of resampleSystematic([1, 2, 5], 8000, random).entries()) {
    expect(Math.abs(count - ([1000, 2000, 5000][index] ?? 0))).toBeLessThanOrEqual(1);
  }
});
