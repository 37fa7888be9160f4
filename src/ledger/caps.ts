import type { Lease, LedgerRows } from "./rows.ts";

/** The most that one search may spend, by the scopes it stands under, in nanodollars; null where none says. */
export function capOf(rows: Pick<LedgerRows, "scope">, scopeIds: readonly string[]): number | null {
  return scopeIds.reduce<number | null>((least, scopeId) => {
    const cap = rows.scope(scopeId)?.nanodollarsPerSearch ?? null;
    return cap === null ? least : Math.min(cap, least ?? cap);
  }, null);
}

/**
 * Does the amount of the lease bind its search? Where no budget is held, no scope caps a search and the key is for real
 * money, as much would be granted as is asked for: nobody then has to ask for more.
 */
export function isBinding(rows: Pick<LedgerRows, "scope" | "key">, lease: Lease): boolean {
  return lease.holds.length > 0 || capOf(rows, lease.scopeIds) !== null || rows.key(lease.keyId)?.kind === "test";
}
