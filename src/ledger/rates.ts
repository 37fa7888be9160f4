import { openDraft } from "./draft.ts";
import { type Meter, roomIn, waitFor } from "./meter.ts";
import type { LedgerRows, Scope } from "./rows.ts";
import { useOf } from "./use.ts";

/** A limit per minute as it stands now. */
export interface Rate {
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds until all of it is free, if nothing more is asked for. */
  readonly resetMs: number;
}

/** Of the scopes that limit a rate, the one with least left; null where none does. */
export interface Rates {
  readonly requests: Rate | null;
  readonly tokens: Rate | null;
}

export const NO_RATES: Rates = { requests: null, tokens: null };

/** What a client is told in `x-ratelimit-*`. Changes nothing. */
export function ratesOf(rows: LedgerRows, scopeIds: readonly string[], nowMs: number): Rates {
  const draft = openDraft(rows, nowMs);
  const scopes = scopeIds.flatMap((scopeId) => draft.scope(scopeId) ?? []);
  const least = (limitOf: (scope: Scope) => number | null, name: "requests" | "tokens"): Rate | null =>
    scopes.reduce<Rate | null>((tightest, scope) => {
      const limit = limitOf(scope);
      if (limit === null) return tightest;
      const rate = rateOf(useOf(draft, scope)[name], limit);
      return tightest === null || rate.remaining < tightest.remaining ? rate : tightest;
    }, null);
  return {
    requests: least((scope) => scope.requestsPerMinute, "requests"),
    tokens: least((scope) => scope.tokensPerMinute, "tokens"),
  };
}

function rateOf(meter: Meter, limit: number): Rate {
  const resetMs = limit === 0 ? 0 : waitFor(meter, limit, limit);
  return { limit, remaining: roomIn(meter, limit), resetMs };
}
