import type { Draft } from "./draft.ts";
import { EMPTY_METER, fill, giveBack, leak, type Meter } from "./meter.ts";
import type { Lease, Scope, ScopeUse } from "./rows.ts";

/** What one lease takes of the limits that are not money. */
export interface Taken {
  readonly searches: number;
  readonly calls: number;
  readonly requests: number;
  readonly tokens: number;
}

/** A scope's use, its meters leaked up to now. A rate that is not limited is not metered either: its meter is empty. */
export function useOf(draft: Draft, scope: Scope): ScopeUse {
  const { elapsedMs } = draft.clock;
  const use = draft.use(scope.scopeId);
  return {
    scopeId: scope.scopeId,
    openSearches: use?.openSearches ?? 0,
    openCalls: use?.openCalls ?? 0,
    requests: leak(use?.requests ?? EMPTY_METER, scope.requestsPerMinute ?? 0, elapsedMs),
    tokens: leak(use?.tokens ?? EMPTY_METER, scope.tokensPerMinute ?? 0, elapsedMs),
  };
}

export function take(draft: Draft, scopeIds: readonly string[], taken: Taken): void {
  changeUses(draft, scopeIds, (use, scope) => ({
    scopeId: scope.scopeId,
    openSearches: use.openSearches + taken.searches,
    openCalls: use.openCalls + taken.calls,
    requests: scope.requestsPerMinute === null ? EMPTY_METER : fill(use.requests, taken.requests),
    tokens: scope.tokensPerMinute === null ? EMPTY_METER : fill(use.tokens, taken.tokens),
  }));
}

/** The search and the calls that an open lease holds come back, unless the scope was made anew without them. */
export function giveUp(draft: Draft, lease: Lease): void {
  changeUses(draft, lease.countedIn, (use) => ({
    ...use,
    openSearches: Math.max(0, use.openSearches - 1),
    openCalls: Math.max(0, use.openCalls - lease.calls),
  }));
}

/** `usedTokens` turned out to be what was used of the tokens that the lease reserved. */
export function correctTokens(draft: Draft, lease: Lease, usedTokens: number): void {
  const unused = lease.tokens - usedTokens;
  const corrected = (tokens: Meter) =>
    unused > 0 ? giveBack(tokens, unused, lease.grantedAtElapsedMs) : fill(tokens, -unused);
  changeUses(draft, lease.countedIn, (use, scope) => ({
    ...use,
    tokens: scope.tokensPerMinute === null ? EMPTY_METER : corrected(use.tokens),
  }));
}

/** A scope that has been deleted has no use either. */
function changeUses(
  draft: Draft,
  scopeIds: readonly string[],
  change: (use: ScopeUse, scope: Scope) => ScopeUse,
): void {
  for (const scopeId of scopeIds) {
    const scope = draft.scope(scopeId);
    if (scope !== null) draft.putUse(change(useOf(draft, scope), scope));
  }
}
