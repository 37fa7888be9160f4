import type { Attempt } from "../../src/core/model.ts";

/**
 * How many calls had to wait for one another: the longest chain of attempts each of which started after the one before
 * had ended. 16 rollouts at width 8 should make it 2. (Interval scheduling: earliest end first is optimal.)
 */
export function criticalPathCalls(attempts: readonly Pick<Attempt, "startedAtMs" | "endedAtMs">[]): number {
  let chain = 0;
  let freeFromMs = Number.NEGATIVE_INFINITY;
  for (const { startedAtMs, endedAtMs } of [...attempts].sort((a, b) => a.endedAtMs - b.endedAtMs)) {
    if (startedAtMs < freeFromMs) continue;
    chain++;
    freeFromMs = endedAtMs;
  }
  return chain;
}
