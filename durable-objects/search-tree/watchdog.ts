import type { Tree } from "../../src/core/tree.ts";

/** What is known about a search when its alarm rings, or when anybody asks after it. */
export interface SearchCondition {
  /** Its log has begun. */
  readonly hasStarted: boolean;
  /** Its log has ended. */
  readonly hasEnded: boolean;
  /** A run is alive in this very object: gone after a crash, a deploy or an eviction. */
  readonly isRunning: boolean;
  /** Its rows are in D1. */
  readonly isDelivered: boolean;
  /** Nobody waits for it, and it need not be finished for its own sake. */
  readonly isAbandoned: boolean;
  /** Runs begun, the first included. */
  readonly runs: number;
  /** Runs that threw: a bug of ours, since what providers do is a value. */
  readonly failedRuns: number;
}

/**
 * - `sleep`: nothing is left to do, no alarm is needed.
 * - `watch`: somebody works; look again later.
 * - `abandon`: nobody waits for it any more; end it with its best so far.
 * - `resume`: nobody works on a log that has not ended.
 * - `give-up`: resuming did not help; end the log with the best so far.
 * - `deliver`: the log has ended, D1 does not know yet.
 */
export type WatchdogStep = "sleep" | "watch" | "abandon" | "resume" | "give-up" | "deliver";

/** A run that throws five times would throw for ever. */
export const MAX_FAILED_RUNS = 5;

/** A bug that takes the whole process along never counts as thrown. No honest search meets this many deploys. */
export const MAX_RUNS = 200;

/** Between two looks. Work lost in a crash is taken up again within this time: I5 allows 60 s. */
export const WATCHDOG_PERIOD_MS = 15_000;

/** Total: decided from the log and the object's memory, never from how the alarm came to ring. */
export function nextStep(condition: SearchCondition): WatchdogStep {
  if (!condition.hasStarted) return "sleep";
  if (condition.hasEnded) return condition.isDelivered ? "sleep" : "deliver";
  if (condition.isAbandoned) return "abandon";
  if (condition.isRunning) return "watch";
  return condition.failedRuns >= MAX_FAILED_RUNS || condition.runs >= MAX_RUNS ? "give-up" : "resume";
}

export function conditionOf(
  facts: Pick<SearchCondition, "isDelivered" | "runs" | "failedRuns">,
  tree: Pick<Tree, "nextSequence" | "end"> | null,
  isRunning: boolean,
  isAbandoned: boolean,
): SearchCondition {
  const { isDelivered, runs, failedRuns } = facts;
  return {
    hasStarted: tree !== null && tree.nextSequence > 0,
    hasEnded: tree !== null && tree.end !== null,
    isRunning,
    isDelivered,
    isAbandoned,
    runs,
    failedRuns,
  };
}
