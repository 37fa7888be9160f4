import { type Amounts, addAmounts } from "./amounts.ts";

/**
 * The caps of one search; an absent one does not bind. A step reserves its worst case when it is issued and settles at
 * what it really cost, so `spent + reserved <= limit` holds at every moment and at every width (RELIABILITY.md, I1).
 * `milliseconds` is wall time since the search started; it is watched by the loop, not reserved.
 */
export interface Limits {
  readonly rollouts?: number;
  readonly calls?: number;
  readonly tokens?: number;
  readonly microdollars?: number;
  readonly milliseconds?: number;
}

export type LimitName = keyof Limits;

const RESERVED: readonly (keyof Amounts)[] = ["rollouts", "calls", "tokens", "microdollars"];

export interface Account {
  readonly spent: Amounts;
  readonly reserved: Amounts;
}

/** The first limit that `worstCase` on top of the account would pass; null when it fits. */
export function firstLimitPassed(limits: Limits, account: Account, worstCase: Amounts): LimitName | null {
  const total = addAmounts(addAmounts(account.spent, account.reserved), worstCase);
  for (const name of RESERVED) {
    const limit = limits[name];
    if (limit !== undefined && total[name] > limit) return name;
  }
  return null;
}

export type Fit =
  | { readonly fits: true; readonly count: number; readonly worstCase: Amounts }
  | { readonly fits: false; readonly limit: LimitName };

/**
 * The largest count in [1, wanted] whose worst case fits. A budget that is short makes the search narrower, it does not
 * end it. `worstCaseOf` must not fall as the count grows.
 */
export function largestFit(
  limits: Limits,
  account: Account,
  wanted: number,
  worstCaseOf: (count: number) => Amounts,
): Fit {
  let passed: LimitName = "rollouts";
  for (let count = wanted; count >= 1; count--) {
    const worstCase = worstCaseOf(count);
    const limit = firstLimitPassed(limits, account, worstCase);
    if (limit === null) return { fits: true, count, worstCase };
    passed = limit;
  }
  return { fits: false, limit: passed };
}
