import { sampleBeta, sampleInverseGamma, sampleNormal } from "../../core/distributions.ts";
import type { Random } from "../../core/random.ts";

/** Scores in [0, 1] that an arm has brought, as their sums. */
export interface Observations {
  readonly count: number;
  readonly sum: number;
  readonly squareSum: number;
}

export const NONE: Observations = { count: 0, sum: 0, squareSum: 0 };

/** What is believed about an arm's mean score after its observations: `normal` or `beta`. */
export const POSTERIORS = ["normal", "beta"] as const;
export type Posterior = (typeof POSTERIORS)[number];

/** One draw of the arm's mean score: Thompson sampling takes the arm with the largest. */
export function drawMean(posterior: Posterior, observations: Observations, random: Random): number {
  return posterior === "normal" ? drawNormalMean(observations, random) : drawBetaMean(observations, random);
}

/** Parameters of a normal-inverse-chi-squared distribution of (mu, sigma^2). */
export interface NormalInverseChiSquared {
  readonly m: number;
  readonly kappa: number;
  readonly nu: number;
  readonly tauSquared: number;
}

/** TreeQuest's default: pessimistic (mean 0) and worth one observation. */
export const NORMAL_PRIOR: NormalInverseChiSquared = { m: 0, kappa: 1, nu: 1, tauSquared: 0.1 };

/** The conjugate update (Murphy, Probabilistic Machine Learning: Advanced Topics, 3.4.3.3). */
export function normalPosterior(
  { count, sum, squareSum }: Observations,
  prior: NormalInverseChiSquared = NORMAL_PRIOR,
): NormalInverseChiSquared {
  if (count === 0) return prior;
  const mean = sum / count;
  // The sum of squared deviations; rounding can take it below 0.
  const scatter = Math.max(0, squareSum - sum * mean);
  const kappa = prior.kappa + count;
  const nu = prior.nu + count;
  const shift = ((count * prior.kappa) / kappa) * (prior.m - mean) ** 2;
  return {
    m: (prior.kappa * prior.m + sum) / kappa,
    kappa,
    nu,
    tauSquared: (prior.nu * prior.tauSquared + scatter + shift) / nu,
  };
}

/** sigma^2 ~ InvGamma(nu / 2, nu tau^2 / 2), then mu ~ N(m, sigma^2 / kappa). */
function drawNormalMean(observations: Observations, random: Random): number {
  const { m, kappa, nu, tauSquared } = normalPosterior(observations);
  const variance = sampleInverseGamma(random, nu / 2, (nu * tauSquared) / 2);
  return m + Math.sqrt(variance / kappa) * sampleNormal(random);
}

/** Jeffreys' prior Beta(1/2, 1/2); a score s counts as s of a success and 1 - s of a failure. */
export function betaPosterior({ count, sum }: Observations): { readonly a: number; readonly b: number } {
  return { a: 0.5 + sum, b: 0.5 + Math.max(0, count - sum) };
}

function drawBetaMean(observations: Observations, random: Random): number {
  const { a, b } = betaPosterior(observations);
  return sampleBeta(random, a, b);
}
