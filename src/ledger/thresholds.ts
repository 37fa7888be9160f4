import type { Draft } from "./draft.ts";
import { percentOf } from "./money.ts";
import { windowAt } from "./period.ts";
import { emptyWindow } from "./room.ts";
import type { Budget } from "./rows.ts";

/**
 * Tells of each threshold that the budget's posted money has come to in the window at `atMs`, once per window: its
 * bucket remembers the highest told of. For a rolling period that is at most once in any such length of time. Top-ups do
 * not count: thresholds are of the budget.
 */
export function tellThresholds(draft: Draft, budget: Budget, atMs: number): void {
  const { budgetId, scopeId, nanodollars, thresholdPercents } = budget;
  const { startMs, countsFromMs, countsToMs } = windowAt(budget.period, atMs);
  const buckets = draft.windows(budgetId, countsFromMs, countsToMs);
  const posted = buckets.reduce((sum, one) => sum + one.posted, 0);
  const told = Math.max(0, ...buckets.map((one) => one.toldPercent));
  const reached = thresholdPercents.filter(
    (percent) => percent > told && posted > 0 && posted >= percentOf(nanodollars, percent),
  );
  const toldPercent = reached.at(-1);
  if (toldPercent === undefined) return;
  for (const percent of reached) {
    draft.tell({ type: "threshold-reached", scopeId, budgetId, windowStartMs: startMs, percent, posted });
  }
  const bucket = buckets.find((one) => one.startMs === startMs) ?? emptyWindow(budgetId, startMs);
  draft.putBucket({ ...bucket, toldPercent });
}
