import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { confidenceInLead, isClear, normalisedEntropy } from "../../../src/methods/self-consistency/stopping.ts";

const BETA = { type: "beta", confidence: 0.95 } as const;
const clear = (counts: readonly number[], rule: Parameters<typeof isClear>[1], unparsable = 0): boolean =>
  isClear({ counts, unparsable }, rule);

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
    expect(normalisedEntropy({ counts: [4, 1], unparsable: 0 })).toBeCloseTo(0.7219, 4);
    expect(normalisedEntropy({ counts: [3, 1], unparsable: 0 })).toBeCloseTo(0.8113, 4);
    expect(normalisedEntropy({ counts: [5, 1, 1], unparsable: 0 })).toBeCloseTo(0.7248, 4);
    expect(normalisedEntropy({ counts: [5], unparsable: 0 })).toBe(0);
    expect(normalisedEntropy({ counts: [], unparsable: 0 })).toBe(0);
    const rule = { type: "entropy", maxEntropy: 0.75, minSamples: 4 } as const;
    expect(clear([4, 1], rule)).toBe(true);
    expect(clear([3, 1], rule)).toBe(false);
  });

  test("an unparsable answer is a class of its own to the entropy, and counts in the denominator of the share", () => {
    expect(normalisedEntropy({ counts: [5], unparsable: 2 })).toBeCloseTo(0.7248, 4);
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
