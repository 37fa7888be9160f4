import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AUTOMATIC_ANSWER } from "../../../src/core/answer/answer.ts";
import { tally } from "../../../src/core/selection/tally.ts";
import { Tree } from "../../../src/core/tree.ts";
import {
  confidenceInLead,
  isClear,
  isSettled,
  normalisedEntropy,
} from "../../../src/methods/self-consistency/stopping.ts";
import { createVoteCount, type Votes } from "../../../src/methods/self-consistency/votes.ts";
import { createPlayer } from "../../world/player.ts";
import { runWorld } from "../../world/search.ts";

const BETA = { type: "beta", confidence: 0.95 } as const;

/** Votes of these classes, falling, and of answers that could not be found. */
function votesOf(counts: readonly number[], unparsable = 0): Votes {
  const [first = 0, second = 0] = counts;
  return {
    first,
    second,
    samples: counts.reduce((sum, count) => sum + count, unparsable),
    classes: counts.length + unparsable,
    sumOfLogs: counts.reduce((sum, count) => sum + count * Math.log(count), 0),
  };
}

const clear = (counts: readonly number[], rule: Parameters<typeof isClear>[1], unparsable = 0): boolean =>
  isClear(votesOf(counts, unparsable), rule);

describe("confidence in the lead, P(p > 1/2 | Beta(a + 1, b + 1))", () => {
  test("by hand: 4:0 is (1 + 5 + 10 + 10 + 5) / 32, 5:1 is 120/128, 6:1 is 247/256", () => {
    expect(confidenceInLead(4, 0)).toBe(31 / 32);
    // C(7, 0..5) = 1 + 7 + 21 + 35 + 35 + 21 = 120.
    expect(confidenceInLead(5, 1)).toBe(120 / 128);
    // C(8, 0..6) = 1 + 8 + 28 + 56 + 70 + 56 + 28 = 247.
    expect(confidenceInLead(6, 1)).toBe(247 / 256);
  });

  test("is the Beta tail: 2:1 is the integral of 12 x^2 (1 - x) over [1/2, 1] = 11/16", () => {
    expect(confidenceInLead(2, 1)).toBe(11 / 16);
  });

  test("is one half on a tie, whatever its size", () => {
    for (const votes of [0, 1, 2, 7, 60, 500]) expect(confidenceInLead(votes, votes)).toBeCloseTo(0.5, 10);
  });

  test("grows with the leader's votes and falls with the runner-up's", () => {
    const votes = fc.tuple(fc.nat(300), fc.nat(300)).map(([x, y]) => [Math.max(x, y), Math.min(x, y)] as const);
    fc.assert(
      fc.property(votes, ([a, b]) => {
        const here = confidenceInLead(a, b);
        expect(here).toBeGreaterThanOrEqual(0.5 - 1e-12);
        expect(here).toBeLessThanOrEqual(1 + 1e-12);
        expect(confidenceInLead(a + 1, b)).toBeGreaterThanOrEqual(here - 1e-12);
        if (b < a) expect(confidenceInLead(a, b + 1)).toBeLessThanOrEqual(here + 1e-12);
        // Strictly, wherever it is not 1 to the last digit.
        if (here < 1 - 1e-9) expect(confidenceInLead(a + 1, b)).toBeGreaterThan(here);
      }),
    );
  });
});

describe("when a vote is clear", () => {
  test("beta at 0.95: four unanimous samples are enough and three are not; 5:1 is not, 6:1 is", () => {
    expect(clear([3], BETA)).toBe(false);
    expect(clear([4], BETA)).toBe(true);
    expect(clear([5, 1], BETA)).toBe(false);
    expect(clear([6, 1], BETA)).toBe(true);
  });

  test("no rule is content with a tie, however lenient", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.nat(50), (votes, unparsable) => {
        const counts = [votes, votes];
        expect(clear(counts, { type: "beta", confidence: 0.5000001 }, unparsable)).toBe(false);
        expect(clear(counts, { type: "entropy", maxEntropy: 1, minSamples: 2 }, unparsable)).toBe(false);
        expect(clear(counts, { type: "majority", minShare: 0, minSamples: 2 }, unparsable)).toBe(false);
      }),
    );
  });

  test("beta looks at the first two classes alone: the tail of the field and unparsable answers do not matter", () => {
    expect(clear([6, 1, 1, 1, 1], BETA, 9)).toBe(true);
    expect(clear([], BETA, 9)).toBe(false);
  });

  test("entropy by hand: 4:1 is 0.7219, 3:1 is 0.8113, 5:1:1 is 1.1488 bits / log2(3) = 0.7248", () => {
    expect(normalisedEntropy(votesOf([4, 1], 0))).toBeCloseTo(0.7219, 4);
    expect(normalisedEntropy(votesOf([3, 1], 0))).toBeCloseTo(0.8113, 4);
    expect(normalisedEntropy(votesOf([5, 1, 1], 0))).toBeCloseTo(0.7248, 4);
    expect(normalisedEntropy(votesOf([5], 0))).toBe(0);
    expect(normalisedEntropy(votesOf([], 0))).toBe(0);
    const rule = { type: "entropy", maxEntropy: 0.75, minSamples: 4 } as const;
    expect(clear([4, 1], rule)).toBe(true);
    expect(clear([3, 1], rule)).toBe(false);
  });

  test("an unparsable answer is a class of its own to the entropy, and counts in the denominator of the share", () => {
    expect(normalisedEntropy(votesOf([5], 2))).toBeCloseTo(0.7248, 4);
    const rule = { type: "majority", minShare: 0.8, minSamples: 4 } as const;
    expect(clear([4], rule, 1)).toBe(true);
    expect(clear([4], rule, 2)).toBe(false);
  });

  test("entropy and majority want their minimum of samples, unparsable ones included", () => {
    for (const rule of [
      { type: "entropy", maxEntropy: 0.75, minSamples: 4 },
      { type: "majority", minShare: 0.8, minSamples: 4 },
    ] as const) {
      expect(clear([3], rule)).toBe(false);
      expect(clear([4], rule)).toBe(true);
    }
    expect(clear([4], { type: "majority", minShare: 0.8, minSamples: 5 }, 1)).toBe(true);
  });
});

test("a majority is settled when its lead is larger than what is still to come", () => {
  expect(isSettled(votesOf([3, 1]), 2)).toBe(false);
  expect(isSettled(votesOf([3, 1]), 1)).toBe(true);
  expect(isSettled(votesOf([2]), 1)).toBe(true);
  expect(isSettled(votesOf([]), 0)).toBe(false);
});

test("counting votes as they come ends where counting them all at once does, repeats and unparsable ones included", async () => {
  for (let seed = 1; seed <= 10; seed++) {
    const { events } = await runWorld({
      method: "self-consistency",
      params: { stop: "none" },
      verifiers: [],
      rollouts: 40,
      width: 7,
      seed,
      hand: "3 3 8 8",
      player: createPlayer(0.7),
      reply: (_request, sample) => (sample % 5 === 0 ? "I do not\nknow" : null),
    });
    const votes = createVoteCount();
    const tree = new Tree(AUTOMATIC_ANSWER);
    for (const event of events) {
      tree.apply(event);
      votes(tree);
    }
    const counts = tally(tree, () => 1).map(({ weight }) => weight);
    const expected = votesOf(counts, 40 - counts.reduce((sum, count) => sum + count, 0));
    expect(expected.classes).toBeGreaterThan(counts.length + 1);
    expect(tree.terminals.some(({ repeats }) => repeats > 1)).toBe(true);
    for (const { first, second, samples, classes, sumOfLogs } of [votes(tree), createVoteCount()(tree)]) {
      expect({ first, second, samples, classes, sumOfLogs: 0 }).toEqual({ ...expected, sumOfLogs: 0 });
      expect(sumOfLogs).toBeCloseTo(expected.sumOfLogs, 9);
    }
  }
});
