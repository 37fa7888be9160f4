import { expect, test } from "vitest";
import { createRandom, deriveSeed } from "../../src/core/random.ts";

test("the same seed and labels give the same stream, another label another one", () => {
  const draw = (...labels: (string | number)[]) => Array.from({ length: 5 }, createRandom(7, ...labels).next);
  expect(draw("a", 1)).toEqual(draw("a", 1));
  expect(draw("a", 1)).not.toEqual(draw("a", 2));
  expect(draw("ab", "c")).not.toEqual(draw("a", "bc"));
  expect(Array.from({ length: 5 }, createRandom(8, "a", 1).next)).not.toEqual(draw("a", 1));
});

test("is uniform: 16 bins of 160,000 draws pass a chi-squared test at 1 in 10,000", () => {
  const bins = new Array<number>(16).fill(0);
  const random = createRandom(1, "uniform");
  for (let draw = 0; draw < 160_000; draw++) {
    const bin = random.integer(16);
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  const chiSquared = bins.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
  expect(chiSquared).toBeLessThan(44.3);
});

test("first draws of neighbouring seeds are uncorrelated", () => {
  const first = Array.from({ length: 2000 }, (_unused, seed) => createRandom(seed, "x").next());
  const mean = first.reduce((sum, value) => sum + value, 0) / first.length;
  const covariance = first
    .slice(1)
    .reduce((sum, value, index) => sum + (value - mean) * ((first[index] ?? 0) - mean), 0);
  const variance = first.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  expect(Math.abs(covariance / variance)).toBeLessThan(0.1);
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.03);
});

test("derived seeds are 31-bit integers, the range every provider takes", () => {
  for (let step = 0; step < 1000; step++) {
    const seed = deriveSeed(5, "step", step);
    expect(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31).toBe(true);
  }
  expect(deriveSeed(5, "step", 1)).not.toBe(deriveSeed(5, "step", 2));
});
