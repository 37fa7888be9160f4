import type { Random } from "../../core/random.ts";

/** its_hub clips a reward to [1e-7, 1 - 1e-7], so that no weight is infinite or nothing. */
const CLIP = 1e-7;

/** ln(s / (1 - s)): the logarithm of a particle's weight. `score` in [0, 1]. */
export function logit(score: number): number {
  const clipped = Math.min(1 - CLIP, Math.max(CLIP, score));
  return Math.log(clipped / (1 - clipped));
}

/** softmax(logit) up to a factor: the odds s / (1 - s). */
export function weightOf(score: number): number {
  return Math.exp(logit(score));
}

/** How often each of the weights is drawn in `count` independent draws. All zero where there is nothing to draw. */
export function resampleMultinomial(weights: readonly number[], count: number, random: Random): number[] {
  return drawAt(
    weights,
    Array.from({ length: count }, () => random.next()),
  );
}

/**
 * The same from one draw and `count` equal steps: (u + i) / count. No share strays from its expectation by 1 or more.
 */
export function resampleSystematic(weights: readonly number[], count: number, random: Random): number[] {
  const start = random.next();
  return drawAt(
    weights,
    Array.from({ length: count }, (_unused, index) => (start + index) / count),
  );
}

/** Positions in [0, 1) along the weights laid end to end. */
function drawAt(weights: readonly number[], positions: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const counts = weights.map(() => 0);
  if (total <= 0) return counts;
  for (const position of positions) {
    let left = position * total;
    let chosen = weights.findLastIndex((weight) => weight > 0);
    for (const [index, weight] of weights.entries()) {
      if (left < weight) {
        chosen = index;
        break;
      }
      left -= weight;
    }
    counts[chosen] = (counts[chosen] ?? 0) + 1;
  }
  return counts;
}
