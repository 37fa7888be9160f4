import { expect, test } from "vitest";
import {
  sampleBeta,
  sampleDirichlet,
  sampleGamma,
  sampleGumbel,
  sampleInverseGamma,
  sampleNormal,
} from "../../src/core/distributions.ts";
import { createRandom, type Random } from "../../src/core/random.ts";
import { mean } from "../../src/core/statistics.ts";

const COUNT = 20_000;

function momentsOf(sample: (random: Random) => number): { mean: number; variance: number } {
  const random = createRandom(7, "moments");
  const values = Array.from({ length: COUNT }, () => sample(random));
  const centre = mean(values);
  return { mean: centre, variance: mean(values.map((value) => (value - centre) ** 2)) };
}

// Of 20,000 samples with standard deviation s the mean strays by more than 4 s / sqrt(20,000) = 0.028 s once in 16,000 seeds.
test.each<[string, (random: Random) => number, number, number]>([
  ["normal: mean 0, variance 1", sampleNormal, 0, 1],
  ["gamma(3): mean 3, variance 3", (random) => sampleGamma(random, 3), 3, 3],
  ["gamma(0.5): mean 0.5, variance 0.5", (random) => sampleGamma(random, 0.5), 0.5, 0.5],
  ["beta(2, 6): mean 2 / 8, variance 12 / (64 * 9)", (random) => sampleBeta(random, 2, 6), 0.25, 12 / 576],
  ["beta(1/2, 1/2): mean 1/2, variance 1/8", (random) => sampleBeta(random, 0.5, 0.5), 0.5, 0.125],
  ["inverse gamma(5, 2): mean 2 / 4, variance 4 / (16 * 3)", (random) => sampleInverseGamma(random, 5, 2), 0.5, 4 / 48],
  ["Gumbel: mean 0.5772, variance pi^2 / 6", sampleGumbel, 0.5772, Math.PI ** 2 / 6],
])("%s", (_name, sample, expectedMean, expectedVariance) => {
  const { mean: centre, variance } = momentsOf(sample);
  expect(Math.abs(centre - expectedMean)).toBeLessThan(0.03 * Math.sqrt(expectedVariance) + 1e-9);
  expect(Math.abs(variance / expectedVariance - 1)).toBeLessThan(0.12);
});

test("Dirichlet shares add up to 1 and are even on average: 1/4 each of four", () => {
  const random = createRandom(3, "dirichlet");
  const draws = Array.from({ length: 4000 }, () => sampleDirichlet(random, 0.3, 4));
  for (const shares of draws) expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  for (let index = 0; index < 4; index++) expect(mean(draws.map((shares) => shares[index] ?? 0))).toBeCloseTo(0.25, 1);
  expect(sampleDirichlet(random, 1e-300, 3)).toEqual([1, 0, 0]);
});

test("the largest logit + Gumbel is a softmax sample: logits ln 1 and ln 3 win 1/4 and 3/4 of the time", () => {
  const random = createRandom(5, "gumbel");
  let wins = 0;
  for (let draw = 0; draw < COUNT; draw++) {
    const first = Math.log(1) + sampleGumbel(random);
    if (first > Math.log(3) + sampleGumbel(random)) wins++;
  }
  expect(Math.abs(wins / COUNT - 0.25)).toBeLessThan(0.013);
});

test("the same stream gives the same samples", () => {
  const draw = () => sampleGamma(createRandom(1, "same"), 2.5);
  expect(draw()).toBe(draw());
});
