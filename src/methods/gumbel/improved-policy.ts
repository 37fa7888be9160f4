import { latestScore, type Node } from "../../core/node.ts";

/** One of the choices at a node. */
export interface Arm {
  /** Natural log of its prior. */
  readonly logit: number;
  /** In [0, 1]; null where there is no evidence yet. */
  readonly value: number | null;
  /** Simulations, those in flight included. */
  readonly visits: number;
}

/** How strongly values move the policy: sigma(q) = (`visitOffset` + max n) * `valueScale` * q, q rescaled to [0, 1]. */
export interface Sigma {
  readonly visitOffset: number;
  readonly valueScale: number;
}

/**
 * What simulations say of a node: the mean of its candidates' judgements. A partial answer's own judgement is the network
 * value of the paper, and counts as one more of them. Null without any.
 */
export function evidenceOf(node: Node): number | null {
  const own = node.isTerminal ? null : (latestScore(node)?.value ?? null);
  const count = node.weightSum + (own === null ? 0 : 1);
  return count === 0 ? null : (node.valueSum + (own ?? 0)) / count;
}

/**
 * The mixed value that stands for an arm without evidence (Danihelka et al. 2022, appendix D, eq. 33): the parent's own
 * value, and the arms' values weighted by their priors as often as they were visited. `own` is null where nobody judged it.
 */
export function mixedValue(own: number | null, arms: readonly Arm[]): number {
  let visits = 0;
  let prior = 0;
  let weighted = 0;
  for (const arm of arms) {
    if (arm.value === null) continue;
    visits += arm.visits;
    prior += Math.exp(arm.logit);
    weighted += Math.exp(arm.logit) * arm.value;
  }
  const mean = prior === 0 ? null : weighted / prior;
  if (mean === null || own === null) return mean ?? own ?? 0;
  return (own + visits * mean) / (1 + visits);
}

/** logit + sigma(completed q) of each arm; without evidence an arm is worth `substitute`. */
export function scoresOf(arms: readonly Arm[], substitute: number, { visitOffset, valueScale }: Sigma): number[] {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  let most = 0;
  for (const { value, visits } of arms) {
    least = Math.min(least, value ?? substitute);
    greatest = Math.max(greatest, value ?? substitute);
    most = Math.max(most, visits);
  }
  const range = greatest - least;
  // Rounding must not be blown up to a preference.
  const scale = range < 1e-9 ? 0 : ((visitOffset + most) * valueScale) / range;
  return arms.map(({ logit, value }) => logit + scale * ((value ?? substitute) - least));
}

/**
 * Which arm comes next below the root: the visits are made to follow the improved policy pi' = softmax(logit + sigma(q)),
 * argmax of pi' - n / (1 + sum of n) (eq. 14); of equals the first.
 */
export function nextArm(arms: readonly Arm[], substitute: number, sigma: Sigma): number {
  const scores = scoresOf(arms, substitute, sigma);
  const largest = scores.reduce((max, score) => Math.max(max, score), Number.NEGATIVE_INFINITY);
  const weights = scores.map((score) => Math.exp(score - largest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const visits = arms.reduce((sum, arm) => sum + arm.visits, 0);
  let best = 0;
  let bestGap = Number.NEGATIVE_INFINITY;
  for (const [index, arm] of arms.entries()) {
    const gap = (weights[index] ?? 0) / total - arm.visits / (1 + visits);
    if (gap > bestGap) {
      best = index;
      bestGap = gap;
    }
  }
  return best;
}
