import { sampleGamma } from "../../core/distributions.ts";
import type { Node } from "../../core/node.ts";
import { createRandom } from "../../core/random.ts";

/** alpha of AlphaZero's Dirichlet noise for some 30 moves a position (chess); mctx's default too. */
const CONCENTRATION = 0.3;

/**
 * Mixes Dirichlet noise into the prior at the root: (1 - epsilon) p + epsilon eta (Silver et al. 2017). A Dirichlet
 * sample is a set of independent gammas made to add up to 1; each child keeps its gamma, drawn by its creation order, so
 * that the noise is the same whenever it is looked at and stays Dirichlet as siblings join.
 */
export function createRootNoise(
  seed: number,
  epsilon: number,
): (priors: readonly number[], children: readonly Node[]) => number[] {
  const gammas = new Map<number, number>();
  const gammaOf = ({ order }: Node): number => {
    const known = gammas.get(order);
    if (known !== undefined) return known;
    const gamma = sampleGamma(createRandom(seed, "root-noise", order), CONCENTRATION);
    gammas.set(order, gamma);
    return gamma;
  };
  return (priors, children) => {
    const noise = children.map(gammaOf);
    const total = noise.reduce((sum, one) => sum + one, 0);
    // So small a concentration can underflow: then there is no noise to speak of.
    if (total === 0) return [...priors];
    return priors.map((prior, index) => (1 - epsilon) * prior + (epsilon * (noise[index] ?? 0)) / total);
  };
}
