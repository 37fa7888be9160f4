import type { Node } from "../core/node.ts";

/** Where the prior of sampled siblings comes from. */
export const PRIORS = ["logprob", "uniform"] as const;
export type Prior = (typeof PRIORS)[number];

/**
 * The language model as the policy of PUCT and of Gumbel's root: p_i = exp(log-probability sum / tokens^lambda), made to
 * add up to 1 over the siblings given. The exponent is the temper: at 1 it is the mean per token, so that long steps do
 * not starve; MCTS-DPO (Xie et al. 2024) takes 1.25. A sibling without log-probabilities (the steps of a whole answer
 * that was split) counts as the mean of those that have them; where none has, all are equal.
 */
export function priorsOf(siblings: readonly Node[], prior: Prior, lambda: number): number[] {
  if (prior === "uniform") return siblings.map(() => 1 / siblings.length);
  const logits = siblings.map((node) => normalisedLogprob(node, lambda));
  const largest = logits.reduce<number>((max, logit) => Math.max(max, logit ?? max), Number.NEGATIVE_INFINITY);
  let known = 0;
  let knownSum = 0;
  // Shifted by the largest: a factor that the division below takes out again, and nothing underflows to 0 / 0.
  const weights = logits.map((logit) => (logit === null ? null : Math.exp(logit - largest)));
  for (const weight of weights) {
    if (weight === null) continue;
    known++;
    knownSum += weight;
  }
  const substitute = known === 0 ? 1 : knownSum / known;
  const total = knownSum + substitute * (siblings.length - known);
  return weights.map((weight) => (weight ?? substitute) / total);
}

function normalisedLogprob({ thought }: Node, lambda: number): number | null {
  if (thought === null || thought.logprobSum === null || thought.tokenCount === null) return null;
  return thought.logprobSum / Math.max(1, thought.tokenCount) ** lambda;
}
