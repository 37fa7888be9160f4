import { describe, expect, test } from "vitest";
import { createRandom } from "../../../src/core/random.ts";
import { mean, median } from "../../../src/core/statistics.ts";
import {
  betaPosterior,
  drawMean,
  NONE,
  normalPosterior,
  type Observations,
} from "../../../src/methods/ab-mcts/posterior.ts";

function observed(...scores: readonly number[]): Observations {
  return {
    count: scores.length,
    sum: scores.reduce((sum, score) => sum + score, 0),
    squareSum: scores.reduce((sum, score) => sum + score ** 2, 0),
  };
}

describe("the normal posterior", () => {
  test("before any observation is the prior: m = 0, kappa = 1, nu = 1, tau^2 = 0.1", () => {
    expect(normalPosterior(NONE)).toEqual({ m: 0, kappa: 1, nu: 1, tauSquared: 0.1 });
  });

  test("by hand after 0.8 and 0.6: m = 1.4 / 3, tau^2 = (0.1 + 0.02 + 2/3 * 0.7^2) / 3", () => {
    const { m, kappa, nu, tauSquared } = normalPosterior(observed(0.8, 0.6));
    expect([kappa, nu]).toEqual([3, 3]);
    expect(m).toBeCloseTo(1.4 / 3, 12);
    expect(tauSquared).toBeCloseTo((0.1 + 0.02 + (2 / 3) * 0.49) / 3, 12);
  });

  test("by hand after one 1: m = 1/2, tau^2 = (0.1 + 1/2) / 2; equal scores have no scatter", () => {
    expect(normalPosterior(observed(1))).toMatchObject({ m: 0.5, kappa: 2, nu: 2 });
    expect(normalPosterior(observed(1)).tauSquared).toBeCloseTo(0.3, 12);
    const scores = Array.from({ length: 7 }, () => 0.1);
    expect(normalPosterior(observed(...scores)).tauSquared).toBeCloseTo((0.1 + (7 / 8) * 0.01) / 8, 12);
  });

  test("all at once is one after the other: the update is conjugate", () => {
    const after = normalPosterior(observed(0.9, 0.2, 0.4));
    const inTwo = normalPosterior(observed(0.4), normalPosterior(observed(0.9, 0.2)));
    expect(inTwo.m).toBeCloseTo(after.m, 12);
    expect(inTwo.tauSquared).toBeCloseTo(after.tauSquared, 12);
    expect([inTwo.kappa, inTwo.nu]).toEqual([after.kappa, after.nu]);
  });
});

test("the Beta posterior by hand after 0.8 and 0.5: Beta(1/2 + 1.3, 1/2 + 0.7)", () => {
  const { a, b } = betaPosterior(observed(0.8, 0.5));
  expect(a).toBeCloseTo(1.8, 12);
  expect(b).toBeCloseTo(1.2, 12);
  expect(betaPosterior(NONE)).toEqual({ a: 0.5, b: 0.5 });
});

describe("draws", () => {
  const scores = Array.from({ length: 60 }, (_unused, index) => (index % 2 === 0 ? 0.9 : 0.5));
  const draws = (posterior: "normal" | "beta", observations: Observations): number[] => {
    const random = createRandom(1, "draws", posterior);
    return Array.from({ length: 4000 }, () => drawMean(posterior, observations, random));
  };

  test("gather about the mean of many scores: 42 / 61 under the normal, 42.5 / 61 under Beta", () => {
    expect(mean(draws("normal", observed(...scores)))).toBeCloseTo(42 / 61, 2);
    expect(mean(draws("beta", observed(...scores)))).toBeCloseTo(42.5 / 61, 2);
  });

  test("of an arm nobody has tried are spread over more than [0, 1] under the normal, within it under Beta", () => {
    const normal = draws("normal", NONE);
    expect(median(normal)).toBeCloseTo(0, 1);
    expect(normal.some((draw) => draw > 1)).toBe(true);
    for (const draw of draws("beta", NONE)) {
      expect(draw).toBeGreaterThanOrEqual(0);
      expect(draw).toBeLessThanOrEqual(1);
    }
  });

  test("are the same for the same stream", () => {
    expect(drawMean("normal", observed(0.3), createRandom(5))).toBe(drawMean("normal", observed(0.3), createRandom(5)));
  });
});
