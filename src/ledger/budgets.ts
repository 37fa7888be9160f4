import { fail, type Result, succeed } from "../core/result.ts";
import { openDraft } from "./draft.ts";
import { LARGEST_PER_MINUTE } from "./meter.ts";
import { isNanodollars } from "./money.ts";
import { isTimeZone, type Period } from "./period.ts";
import type { Budget, Decision, LedgerRows, Scope, TopUp } from "./rows.ts";
import { tellThresholds } from "./thresholds.ts";

/** What an administrator does to budgets and limits. Nothing here ends a lease: a lowered budget binds what comes next. */
export type BudgetError =
  /** `param` is the field of the row that is at fault. */
  | { readonly type: "invalid"; readonly param: string; readonly reason: string }
  /** Another period or scope would be another budget: what was spent could not be counted in it. */
  | { readonly type: "budget-fixed"; readonly budgetId: string; readonly param: "period" | "scopeId" }
  | { readonly type: "budget-unknown"; readonly budgetId: string }
  /** This id was added with another amount or expiry. */
  | { readonly type: "top-up-taken"; readonly topUpId: string };

/** Makes a budget, raises or lowers it, or changes its thresholds. */
export function setBudget(rows: LedgerRows, budget: Budget, nowMs: number): Decision<Result<Budget, BudgetError>> {
  const draft = openDraft(rows, nowMs);
  const error = budgetFault(budget) ?? fixedError(draft.budget(budget.budgetId), budget);
  if (error !== null) return draft.close(fail(error));
  draft.putBudget(budget);
  tellThresholds(draft, budget, nowMs);
  return draft.close(succeed(budget));
}

export interface NewTopUp {
  readonly topUpId: string;
  readonly budgetId: string;
  readonly nanodollars: number;
  /** Milliseconds since 1970; null: never. */
  readonly expiresAtMs: number | null;
}

/** Adds money that is spent once, after the window's own. The same id again adds nothing. */
export function addTopUp(rows: LedgerRows, added: NewTopUp, nowMs: number): Decision<Result<TopUp, BudgetError>> {
  const draft = openDraft(rows, nowMs);
  const { topUpId, budgetId, nanodollars, expiresAtMs } = added;
  if (!isNanodollars(nanodollars)) return draft.close(fail(invalid("nanodollars", "It is no amount of money.")));
  if (expiresAtMs !== null && !Number.isSafeInteger(expiresAtMs)) {
    return draft.close(fail(invalid("expiresAtMs", "It must be an integer or null.")));
  }
  if (draft.budget(budgetId) === null) return draft.close(fail({ type: "budget-unknown", budgetId }));
  const bucketId = `${budgetId}+${topUpId}`;
  const known = draft.bucket(bucketId);
  if (known?.type === "top-up") {
    const isSame = known.nanodollars === nanodollars && known.expiresAtMs === expiresAtMs;
    return draft.close(isSame ? succeed(known) : fail({ type: "top-up-taken", topUpId }));
  }
  const topUp: TopUp = { type: "top-up", bucketId, budgetId, nanodollars, expiresAtMs, posted: 0, reserved: 0 };
  draft.putBucket(topUp);
  return draft.close(succeed(topUp));
}

const LONGEST_ROLLING_MS = 366 * 86_400_000;
const MOST_PERCENTS = 16;

/** The first fault of a budget's fields; null for none. */
export function budgetFault(budget: Budget): BudgetError | null {
  if (!isNanodollars(budget.nanodollars)) return invalid("nanodollars", "It is no amount of money.");
  const percents = budget.thresholdPercents;
  const isRising = percents.every((percent, index) => percent > (percents[index - 1] ?? 0));
  if (!isRising || !percents.every(isPercent) || percents.length > MOST_PERCENTS) {
    return invalid("thresholdPercents", `They must be at most ${MOST_PERCENTS} rising integers in 1..100.`);
  }
  return periodFault(budget.period);
}

function periodFault(period: Period): BudgetError | null {
  switch (period.type) {
    case "lifetime":
      return null;
    case "calendar":
      return isTimeZone(period.timeZone) ? null : invalid("period.timeZone", "It is no IANA time zone.");
    case "rolling": {
      const isLength = isIntegerIn(period.lengthMs, 1, LONGEST_ROLLING_MS);
      return isLength ? null : invalid("period.lengthMs", `It must be an integer in 1..${LONGEST_ROLLING_MS}.`);
    }
  }
}

const MOST_PARALLEL = 1_000_000;

/** The first fault of a scope's limits; null for none. */
export function scopeFault(scope: Scope): BudgetError | null {
  for (const param of ["requestsPerMinute", "tokensPerMinute"] as const) {
    const fault = limitFault(param, scope[param], LARGEST_PER_MINUTE);
    if (fault !== null) return fault;
  }
  for (const param of ["parallelSearches", "parallelCalls"] as const) {
    const fault = limitFault(param, scope[param], MOST_PARALLEL);
    if (fault !== null) return fault;
  }
  if (scope.nanodollarsPerSearch === null || isNanodollars(scope.nanodollarsPerSearch)) return null;
  return invalid("nanodollarsPerSearch", "It is no amount of money.");
}

function limitFault(param: string, value: number | null, most: number): BudgetError | null {
  const isFine = value === null || isIntegerIn(value, 0, most);
  return isFine ? null : invalid(param, `It must be null or an integer in 0..${most}.`);
}

function fixedError(known: Budget | null, budget: Budget): BudgetError | null {
  if (known === null) return null;
  const { budgetId } = budget;
  if (known.scopeId !== budget.scopeId) return { type: "budget-fixed", budgetId, param: "scopeId" };
  return isSamePeriod(known.period, budget.period) ? null : { type: "budget-fixed", budgetId, param: "period" };
}

function isSamePeriod(a: Period, b: Period): boolean {
  switch (a.type) {
    case "lifetime":
      return b.type === "lifetime";
    case "rolling":
      return b.type === "rolling" && a.lengthMs === b.lengthMs;
    case "calendar":
      return b.type === "calendar" && a.unit === b.unit && a.timeZone === b.timeZone;
  }
}

function isPercent(value: number): boolean {
  return isIntegerIn(value, 1, 100);
}

function isIntegerIn(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function invalid(param: string, reason: string): BudgetError {
  return { type: "invalid", param, reason };
}
