/**
 * REBASE's share of the width among nodes (Wu et al. 2024, "reward balanced search"; its code): in descending order of
 * score, node j gets
 *
 *     ceil(W * e^(s_j / temperature) / sum of e^(s / temperature))
 *
 * children, where W and the sum are what the nodes before it have left. So the shares add up to W, the best node is
 * never short, and the last may get none. Equals in the order given; the result is in the order given.
 */
export function allocate(width: number, scores: readonly number[], temperature: number): number[] {
  const largest = Math.max(...scores);
  const ranked = scores
    .map((score, index) => ({ index, weight: Math.exp((score - largest) / temperature) }))
    .sort((a, b) => b.weight - a.weight);
  // Summed from the small end, so that the sums that are left are exact where weights are equal.
  const sums: number[] = [];
  let sum = 0;
  for (const { weight } of ranked.toReversed()) {
    sum += weight;
    sums.unshift(sum);
  }
  const shares = scores.map(() => 0);
  let left = width;
  for (const [place, { index, weight }] of ranked.entries()) {
    const exact = (left * weight) / (sums[place] ?? weight);
    const share = Math.min(left, Math.max(1, Math.ceil(exact - ROUNDING)));
    shares[index] = share;
    left -= share;
  }
  return shares;
}

/** A share of exactly 2 must not become 3 by the last bit of a quotient. */
const ROUNDING = 1e-9;
