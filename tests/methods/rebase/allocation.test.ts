import { expect, test } from "vitest";
import { createRandom } from "../../../src/core/random.ts";
import { allocate } from "../../../src/methods/rebase/allocation.ts";

test("by hand, 16 places for 0.9, 0.7 and 0.1 at 0.2: e^4.5, e^3.5, e^0.5 are as 1, 0.36788, 0.01832", () => {
  // ceil(16 / 1.38620) = ceil(11.54) = 12; of the 4 left ceil(4 * 0.36788 / 0.38620) = ceil(3.81) = 4; nothing is left.
  expect(allocate(16, [0.9, 0.7, 0.1], 0.2)).toEqual([12, 4, 0]);
  // In the order given, whatever the order of the scores.
  expect(allocate(16, [0.1, 0.9, 0.7], 0.2)).toEqual([0, 12, 4]);
});

test("equal scores share alike, the odd places to the earliest: ceil(10/4), ceil(7/3), ceil(4/2), 2", () => {
  expect(allocate(10, [0.5, 0.5, 0.5, 0.5], 0.2)).toEqual([3, 3, 2, 2]);
  expect(allocate(16, [0.3, 0.3, 0.3, 0.3], 0.2)).toEqual([4, 4, 4, 4]);
  // Seven weights of 1/7 do not add up to 1 in floating point; each still gets its one place.
  expect(allocate(7, [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1], 0.2)).toEqual([1, 1, 1, 1, 1, 1, 1]);
});

test("fewer places than nodes go to the best", () => {
  expect(allocate(2, [0.1, 0.9, 0.5], 10)).toEqual([0, 1, 1]);
});

test("a small temperature is greedy, a large one shares alike", () => {
  expect(allocate(8, [0.9, 0.8], 0.01)).toEqual([8, 0]);
  expect(allocate(8, [0.9, 0.1], 100)).toEqual([5, 3]);
});

test("the shares always add up to the width, and never favour a lower score", () => {
  const random = createRandom(1, "allocation");
  for (let round = 0; round < 200; round++) {
    const scores = Array.from({ length: 1 + random.integer(12) }, () => random.next());
    const width = 1 + random.integer(64);
    const shares = allocate(width, scores, 0.05 + random.next());
    expect(shares.reduce((sum, share) => sum + share, 0)).toBe(width);
    const byScore = scores.map((score, index) => ({ score, share: shares[index] ?? 0 }));
    byScore.sort((a, b) => b.score - a.score);
    for (const [index, { share }] of byScore.entries()) {
      expect(share).toBeLessThanOrEqual(byScore[index - 1]?.share ?? width);
    }
  }
});
