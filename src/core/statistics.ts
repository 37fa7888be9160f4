/** Statistics that the reports rest on. Each has a test with numbers worked by hand. */

/** Unbiased pass@k from n samples of which c are right: 1 - C(n-c, k) / C(n, k) (Chen et al. 2021). 1 <= k <= n. */
export function passAtK(n: number, c: number, k: number): number {
  if (n - c < k) return 1;
  let missing = 1;
  for (let index = 0; index < k; index++) missing *= (n - c - index) / (n - index);
  return 1 - missing;
}

export interface ScoredSample {
  readonly score: number;
  readonly isCorrect: boolean;
}

/**
 * Best-of-N for N = 1..M from M scored samples, without resampling noise: entry N - 1 is the chance that the best-scored
 * of N samples drawn without replacement is correct (ALGORITHMS.md 4.2). With the samples sorted by falling score, the one
 * of rank r is the best of the draw with chance C(M - r, N - 1) / C(M, N). Ties go to the earlier sample, as they do when
 * an answer is served.
 */
export function bestOfNCurve(samples: readonly ScoredSample[]): number[] {
  const size = samples.length;
  const ranked = [...samples].sort((a, b) => b.score - a.score);
  return ranked.map((_unused, index) => {
    const draws = index + 1;
    // For r = 1 it is N / M; from r to r + 1 it falls by (M - r - N + 1) / (M - r).
    let chance = draws / size;
    let sum = 0;
    for (let rank = 1; rank <= size - draws + 1; rank++) {
      if (ranked[rank - 1]?.isCorrect) sum += chance;
      chance *= (size - rank - draws + 1) / (size - rank);
    }
    return sum;
  });
}

export function mean(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length === 0 ? Number.NaN : sum / values.length;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Wilson's 95 % interval of a share (1927), [low, high] in [0, 1]; behaves at 0 and n where the naive one does not. */
export function shareInterval(successes: number, trials: number): readonly [number, number] {
  if (trials === 0) return [0, 1];
  const z = 1.959964;
  const share = successes / trials;
  const scale = 1 + (z * z) / trials;
  const centre = share + (z * z) / (2 * trials);
  const spread = z * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials));
  return [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)];
}
