import type { Lease, LedgerRows, Scope } from "./rows.ts";

/** The most that one search may spend, by the scopes it stands under, in nanodollars; null where none says. */
export function capOf(rows: Pick<LedgerRows, "scope">, scopeIds: readonly string[]): number | null {
  return scopeIds.reduce<number | null>((least, scopeId) => {
    const cap = rows.scope(scopeId)?.nanodollarsPerSearch ?? null;
    return cap === null ? least : Math.min(cap, least ?? cap);
  }, null);
}

/**
 * Is there nothing to count for a search of that key in these scopes? No budget, no rate, no limit of any scope, and real
 * money: a lease then only says that the key is live, and need not be written down.
 */
export function isUnlimited(
  rows: Pick<LedgerRows, "scope" | "key" | "budgets">,
  keyId: string,
  scopeIds: readonly string[],
): boolean {
  if (rows.key(keyId)?.kind === "test") return false;
  return scopeIds.every((scopeId) => {
    const scope = rows.scope(scopeId);
    return (scope === null || limitsNothing(scope)) && rows.budgets(scopeId).length === 0;
  });
}

/** What it allows is asked with every lease, and not counted. */
function limitsNothing({ requestsPerMinute, tokensPerMinute, ...scope }: Scope): boolean {
  const { parallelSearches, parallelCalls, nanodollarsPerSearch } = scope;
  const limits = [requestsPerMinute, tokensPerMinute, parallelSearches, parallelCalls, nanodollarsPerSearch];
  return limits.every((limit) => limit === null);
}

/**
 * Does the amount of the lease bind its search? Where no budget is held, no scope caps a search and the key is for real
 * money, as much would be granted as is asked for: nobody then has to ask for more.
 */
export function isBinding(rows: Pick<LedgerRows, "scope" | "key">, lease: Lease): boolean {
  return lease.holds.length > 0 || capOf(rows, lease.scopeIds) !== null || rows.key(lease.keyId)?.kind === "test";
}
