import type { Random } from "./random.ts";

/** Samplers over a seeded stream. Each draws as many uniform numbers as it needs; equal streams give equal samples. */

/** Standard normal (Box and Muller 1958), the first of the pair. */
export function sampleNormal(random: Random): number {
  // 1 - u lies in (0, 1]: its logarithm is finite.
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
  return radius * Math.cos(2 * Math.PI * random.next());
}

/** Gamma with the given shape > 0 and scale 1 (Marsaglia and Tsang 2000; for shape < 1 by their power of a uniform). */
export function sampleGamma(random: Random, shape: number): number {
  if (shape < 1) return sampleGamma(random, shape + 1) * (1 - random.next()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const normal = sampleNormal(random);
    const v = (1 + c * normal) ** 3;
    if (v <= 0) continue;
    if (Math.log(1 - random.next()) < normal ** 2 / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Beta(a, b), both > 0: in (0, 1). */
export function sampleBeta(random: Random, a: number, b: number): number {
  const x = sampleGamma(random, a);
  return x / (x + sampleGamma(random, b));
}

/** Inverse gamma with shape and scale > 0: the variance of a normal under its conjugate prior. */
export function sampleInverseGamma(random: Random, shape: number, scale: number): number {
  return scale / sampleGamma(random, shape);
}

/** `count` shares that add up to 1, symmetric Dirichlet with concentration > 0. */
export function sampleDirichlet(random: Random, concentration: number, count: number): number[] {
  const parts = Array.from({ length: count }, () => sampleGamma(random, concentration));
  const total = parts.reduce((sum, part) => sum + part, 0);
  // So small a concentration that every part underflows: all of it goes to one.
  if (total === 0) return parts.map((_part, index) => (index === 0 ? 1 : 0));
  return parts.map((part) => part / total);
}

/** Standard Gumbel: -ln(-ln u). The largest of logit + Gumbel over choices is a sample of their softmax (Gumbel 1954). */
export function sampleGumbel(random: Random): number {
  // A uniform of exactly 0 has no logarithm; half of the generator's grain stands for it.
  return -Math.log(-Math.log(Math.max(random.next(), 2 ** -33)));
}
