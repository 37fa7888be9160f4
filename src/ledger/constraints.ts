import type { Draft } from "./draft.ts";
import type { LeaseRequest, Wanted } from "./lease.ts";
import { roomIn, waitFor } from "./meter.ts";
import { roomOf } from "./room.ts";
import type { Budget, Scope } from "./rows.ts";
import { useOf } from "./use.ts";

export type LimitName =
  | "test-key"
  | "requests-per-minute"
  | "tokens-per-minute"
  | "parallel-searches"
  | "parallel-calls"
  | "cost-per-search"
  | "budget";

/** What one limit says to one request. */
export interface Constraint {
  readonly limit: LimitName;
  readonly scopeId: string;
  readonly budgetId: string | null;
  /** What of a lease shrinks to it; null where it is one request or one search, which cannot. */
  readonly of: "calls" | "tokens" | "nanodollars" | null;
  /** The least that the search can use. */
  readonly minimum: number;
  /** What is free now. */
  readonly available: number;
  /** What would be free if everything in flight were over and had cost nothing. */
  readonly atBest: number;
  /** When it is worth asking again, where `available` is too little. */
  readonly retryAfterMs: number;
  /** When there will be more even at best, milliseconds since 1970; null: never. */
  readonly resetsAtMs: number | null;
}

/** Nobody knows when a search in flight will end and give back what it holds: a second is a polite pause. */
const PAUSE_MS = 1000;

/** In the order in which they are named when hit: outermost scope first. */
export function constraintsOf(draft: Draft, request: LeaseRequest): readonly Constraint[] {
  const own = draft.key(request.keyId)?.kind === "test" ? [testKeyConstraint(request)] : [];
  const ofScopes = request.scopeIds.flatMap((scopeId) => {
    const scope = draft.scope(scopeId);
    const budgets = draft.budgets(scopeId).map((budget) => budgetConstraint(draft, budget, request.nanodollars));
    return scope === null ? budgets : [...scopeConstraints(draft, scope, request), ...budgets];
  });
  return [...own, ...ofScopes];
}

/** A test key never costs money: what is free of charge is all that it may use. */
function testKeyConstraint({ keyId, nanodollars }: LeaseRequest): Constraint {
  return {
    limit: "test-key",
    scopeId: keyId,
    budgetId: null,
    of: "nanodollars",
    minimum: nanodollars.minimum,
    available: 0,
    atBest: 0,
    retryAfterMs: 0,
    resetsAtMs: null,
  };
}

function scopeConstraints(draft: Draft, scope: Scope, request: LeaseRequest): readonly Constraint[] {
  const use = useOf(draft, scope);
  const { requestsPerMinute, tokensPerMinute, parallelSearches, parallelCalls, nanodollarsPerSearch } = scope;
  const shared = { scopeId: scope.scopeId, budgetId: null, resetsAtMs: null };
  const constraints: Constraint[] = [];
  if (requestsPerMinute !== null && request.spentBefore === null) {
    constraints.push({
      ...shared,
      limit: "requests-per-minute",
      of: null,
      minimum: 1,
      available: roomIn(use.requests, requestsPerMinute),
      atBest: requestsPerMinute,
      retryAfterMs: waitFor(use.requests, requestsPerMinute, 1),
    });
  }
  if (tokensPerMinute !== null) {
    constraints.push({
      ...shared,
      limit: "tokens-per-minute",
      of: "tokens",
      minimum: request.tokens.minimum,
      available: roomIn(use.tokens, tokensPerMinute),
      atBest: tokensPerMinute,
      retryAfterMs: waitFor(use.tokens, tokensPerMinute, request.tokens.minimum),
    });
  }
  if (parallelSearches !== null) {
    constraints.push({
      ...shared,
      limit: "parallel-searches",
      of: null,
      minimum: 1,
      available: parallelSearches - use.openSearches,
      atBest: parallelSearches,
      retryAfterMs: PAUSE_MS,
    });
  }
  if (parallelCalls !== null) {
    constraints.push({
      ...shared,
      limit: "parallel-calls",
      of: "calls",
      minimum: request.calls.minimum,
      available: Math.max(0, parallelCalls - use.openCalls),
      atBest: parallelCalls,
      retryAfterMs: PAUSE_MS,
    });
  }
  if (nanodollarsPerSearch !== null) {
    const rest = Math.max(0, nanodollarsPerSearch - (request.spentBefore ?? 0));
    constraints.push({
      ...shared,
      limit: "cost-per-search",
      of: "nanodollars",
      minimum: request.nanodollars.minimum,
      available: rest,
      atBest: rest,
      retryAfterMs: 0,
    });
  }
  return constraints;
}

function budgetConstraint(draft: Draft, budget: Budget, { minimum }: Wanted): Constraint {
  const { free, freeAtBest, window } = roomOf(draft, budget, draft.clock.wallMs);
  const isEverEnough = budget.period.type !== "lifetime" && minimum <= budget.nanodollars;
  return {
    limit: "budget",
    scopeId: budget.scopeId,
    budgetId: budget.budgetId,
    of: "nanodollars",
    minimum,
    available: free,
    atBest: freeAtBest,
    retryAfterMs: PAUSE_MS,
    resetsAtMs: isEverEnough ? window.endMs : null,
  };
}
