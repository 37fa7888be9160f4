/** Every value of `reasoning_effort`, from the least thinking to the most (WIRE.md 1.2). */
export const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;

/**
 * The effort as a model can take it: the nearest that it accepts, of two equally near ones the lower, which costs less.
 * `accepted` undefined: not known, and the effort goes on as it came; [] accepts none. Null: none is sent.
 */
export function clippedEffort(asked: unknown, accepted: readonly string[] | undefined): unknown {
  if (asked === null || asked === undefined) return null;
  if (accepted === undefined) return asked;
  const rank = rankOf(asked);
  const byDistance = accepted
    .map((effort) => ({ effort, distance: Math.abs(rankOf(effort) - rank), rank: rankOf(effort) }))
    .filter(({ distance }) => Number.isFinite(distance))
    .sort((a, b) => a.distance - b.distance || a.rank - b.rank);
  return byDistance[0]?.effort ?? null;
}

/** NaN for what is no effort. */
function rankOf(effort: unknown): number {
  const rank = (EFFORTS as readonly unknown[]).indexOf(effort);
  return rank === -1 ? Number.NaN : rank;
}
