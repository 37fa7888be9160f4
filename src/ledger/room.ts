import { addNanodollars } from "./money.ts";
import { type Window, windowAt } from "./period.ts";
import type { Budget, LedgerRows, TopUp, WindowBucket } from "./rows.ts";

/** What a budget has at one moment, in nanodollars. */
export interface Room {
  readonly window: Window;
  readonly posted: number;
  readonly reserved: number;
  /** Not expired; the soonest to expire first. */
  readonly topUps: readonly TopUp[];
  /** Of the window alone: negative after the budget was lowered below what was already promised. */
  readonly inWindow: number;
  /** What can be granted now: the window's rest and the top-ups'. */
  readonly free: number;
  /** What could be granted if all that is reserved came back. */
  readonly freeAtBest: number;
}

export function roomOf(rows: Pick<LedgerRows, "windows" | "topUps">, budget: Budget, nowMs: number): Room {
  const window = windowAt(budget.period, nowMs);
  const buckets = rows.windows(budget.budgetId, window.countsFromMs, window.countsToMs);
  const posted = sumOf(buckets, (one) => one.posted);
  const reserved = sumOf(buckets, (one) => one.reserved);
  const topUps = rows.topUps(budget.budgetId, nowMs);
  const inWindow = budget.nanodollars - posted - reserved;
  return {
    window,
    posted,
    reserved,
    topUps,
    inWindow,
    free: Math.max(0, inWindow) + sumOf(topUps, freeIn),
    freeAtBest: Math.max(0, budget.nanodollars - posted) + sumOf(topUps, (one) => one.nanodollars - one.posted),
  };
}

export function freeIn(topUp: TopUp): number {
  return topUp.nanodollars - topUp.posted - topUp.reserved;
}

export function windowBucketId(budgetId: string, startMs: number): string {
  return `${budgetId}@${startMs}`;
}

export function emptyWindow(budgetId: string, startMs: number): WindowBucket {
  const bucketId = windowBucketId(budgetId, startMs);
  return { type: "window", bucketId, budgetId, startMs, posted: 0, reserved: 0, toldPercent: 0 };
}

function sumOf<T>(list: readonly T[], amountOf: (one: T) => number): number {
  return list.reduce((sum, one) => addNanodollars(sum, amountOf(one)), 0);
}
