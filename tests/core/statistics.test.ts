import fc from "fast-check";
import { expect, test } from "vitest";
import { bestOfNCurve, mean, median, passAtK, type ScoredSample, shareInterval } from "../../src/core/statistics.ts";

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

const samples = (...ranked: readonly (0 | 1)[]): ScoredSample[] =>
  ranked.map((correct, index) => ({ score: 1 - index / 10, isCorrect: correct === 1 }));

test("best-of-N by hand: right, wrong, right, wrong by score are 2/4, 2/3, 3/4, 1", () => {
  // N = 2: the first is in C(3, 1) = 3 of 6 draws; the third is best only with the fourth: 1 of 6. (3 + 1) / 6.
  // N = 3: the first in C(3, 2) = 3 of 4; the third can never be the best of three.
  const curve = bestOfNCurve(samples(1, 0, 1, 0));
  [2 / 4, 4 / 6, 3 / 4, 1].forEach((expected, index) => void expect(curve[index]).toBeCloseTo(expected, 12));
});

test("best-of-N with a misled verifier falls: wrong, right, right are 2/3, 1/3, 0", () => {
  // N = 2: only the draw without the first, 1 of C(3, 2) = 3, is right.
  const curve = bestOfNCurve(samples(0, 1, 1));
  [2 / 3, 1 / 3, 0].forEach((expected, index) => void expect(curve[index]).toBeCloseTo(expected, 12));
  expect(bestOfNCurve([])).toEqual([]);
});

test("best-of-1 is the mean, best-of-M the best-scored; a perfect verifier's curve is pass@k; none leaves [0, 1]", () => {
  const sample = fc.record({ score: fc.double({ min: 0, max: 1, noNaN: true }), isCorrect: fc.boolean() });
  fc.assert(
    fc.property(fc.array(sample, { minLength: 1, maxLength: 60 }), (drawn) => {
      const curve = bestOfNCurve(drawn);
      const right = drawn.filter(({ isCorrect }) => isCorrect).length;
      expect(curve[0]).toBeCloseTo(right / drawn.length, 9);
      const best = Math.max(...drawn.map(({ score }) => score));
      expect(curve.at(-1)).toBeCloseTo(drawn.find(({ score }) => score === best)?.isCorrect ? 1 : 0, 9);
      for (const value of curve) expect(value).toBeGreaterThanOrEqual(0);
      for (const value of curve) expect(value).toBeLessThanOrEqual(1 + 1e-9);
      const oracle = bestOfNCurve(drawn.map(({ isCorrect }) => ({ score: Number(isCorrect), isCorrect })));
      oracle.forEach((value, index) => void expect(value).toBeCloseTo(passAtK(drawn.length, right, index + 1), 9));
    }),
  );
});
