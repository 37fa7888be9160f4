/**
 * PUCT (Rosin 2011; Silver et al. 2018) with in-flight counts as in WU-UCT:
 *
 *     Q + rate * p * sqrt(N_parent + O_parent) / (1 + n + O)
 *
 * Q in [0, 1], p the prior among the siblings, `tries` = n + O of the node, `parentTries` of its parent.
 */
export function puct(value: number, prior: number, tries: number, parentTries: number, rate: number): number {
  return value + (rate * prior * Math.sqrt(parentTries)) / (1 + tries);
}

/** AlphaZero's rate, which grows slowly with the parent's visits: c1 + ln((N + c2 + 1) / c2). */
export function growingRate(parentVisits: number, c1: number, c2: number): number {
  return c1 + Math.log((parentVisits + c2 + 1) / c2);
}
