import { fail, type Result, succeed } from "../core/result.ts";
import { type AllowListName, type AllowLists, firstDisallowed } from "./allow-lists.ts";
import { type Constraint, constraintsOf, type LimitName } from "./constraints.ts";
import { type Draft, openDraft } from "./draft.ts";
import { holdsFor, moveHolds } from "./holds.ts";
import { isLive, type KeyStatus, keyStatus } from "./keys/key.ts";
import { mayDo } from "./keys/permissions.ts";
import { LARGEST_PER_MINUTE } from "./meter.ts";
import { isNanodollars } from "./money.ts";
import { roomOf } from "./room.ts";
import type { Decision, Hold, Lease, LedgerRows } from "./rows.ts";
import { take } from "./use.ts";

/**
 * A search's permission to spend. It is asked for once, renewed while the search runs (`settle.ts`), and settled when it
 * ends: a handful of operations for hundreds of calls. It is granted in full where that is free in every scope of the
 * stack, else shrunk to what is free, down to the least the search can use; below that it is refused, by a limit that
 * is named.
 */
export interface LeaseRequest {
  /** Chosen by the caller: asked for again with the same id, it is the same lease, which may have ended by then. */
  readonly leaseId: string;
  readonly keyId: string;
  /**
   * Outermost first: tenant, project, key, end user; the search itself is bounded by its lease. One that the ledger has
   * no row of does not limit.
   */
  readonly scopeIds: readonly string[];
  readonly nanodollars: Wanted;
  /** Prompt and completion tokens, for the limits per minute. */
  readonly tokens: Wanted;
  /** Calls in flight at once. */
  readonly calls: Wanted;
  /** Milliseconds in 1..LONGEST_TTL_MS: how long it may be spent under before it must be renewed. */
  readonly ttlMs: number;
  readonly asks: AllowLists;
  /** Nanodollars the same search has spent under earlier leases; null for its first. Only that one is a request. */
  readonly spentBefore: number | null;
}

/** Integers, 0 <= minimum <= wanted. */
export interface Wanted {
  readonly wanted: number;
  readonly minimum: number;
}

export type LeaseRefusal =
  | { readonly type: "invalid"; readonly param: string; readonly reason: string }
  | { readonly type: "key-not-live"; readonly status: KeyStatus | "unknown" }
  | { readonly type: "not-permitted" }
  /** By the scope, or by the key, whose id is then given. */
  | { readonly type: "not-allowed"; readonly scopeId: string; readonly list: AllowListName; readonly value: string }
  /** Also with nothing in flight it would not fit: no use to retry (429 `insufficient_quota`) before `resetsAtMs`. */
  | (LimitHit & { readonly type: "too-large"; readonly most: number; readonly resetsAtMs: number | null })
  /** It would fit once others are done, or a little later (429 with `Retry-After`). */
  | (LimitHit & { readonly type: "busy"; readonly retryAfterMs: number })
  /** This id was granted to another request. */
  | { readonly type: "lease-taken"; readonly leaseId: string };

export interface LimitHit {
  readonly limit: LimitName;
  readonly scopeId: string;
  /** Where the limit is a budget. */
  readonly budgetId: string | null;
}

export type LeaseOutcome = Result<Lease, LeaseRefusal>;

/** Also the longest that a search whose ledger cannot be reached goes on spending. */
export const LONGEST_TTL_MS = 3_600_000;

export function lease(rows: LedgerRows, request: LeaseRequest, nowMs: number): Decision<LeaseOutcome> {
  const draft = openDraft(rows, nowMs);
  const fault = faultOf(request);
  if (fault !== null) return draft.close(fail(fault));
  const known = draft.lease(request.leaseId);
  if (known !== null) {
    const isSame = known.keyId === request.keyId && known.scopeIds.join("\n") === request.scopeIds.join("\n");
    return draft.close(isSame ? succeed(known) : fail({ type: "lease-taken", leaseId: request.leaseId }));
  }
  const constraints = constraintsOf(draft, request);
  const refusal = permissionRefusal(draft, request) ?? limitRefusal(constraints);
  if (refusal !== null) return draft.close(fail(refusal));
  const most = (of: NonNullable<Constraint["of"]>, wanted: number) =>
    constraints.reduce((least, one) => (one.of === of ? Math.min(least, one.available) : least), wanted);
  const granted = grant(draft, request, {
    nanodollars: most("nanodollars", request.nanodollars.wanted),
    tokens: most("tokens", request.tokens.wanted),
    calls: most("calls", request.calls.wanted),
  });
  return draft.close(succeed(granted));
}

function grant(draft: Draft, request: LeaseRequest, amounts: Pick<Lease, "nanodollars" | "tokens" | "calls">): Lease {
  const { elapsedMs, wallMs } = draft.clock;
  const holds: Hold[] = [];
  for (const scopeId of request.scopeIds) {
    for (const budget of draft.budgets(scopeId)) {
      holds.push(...holdsFor(budget, roomOf(draft, budget, wallMs), amounts.nanodollars));
    }
  }
  const countedIn = request.scopeIds.filter((scopeId) => draft.scope(scopeId) !== null);
  const requests = request.spentBefore === null ? 1 : 0;
  take(draft, countedIn, { searches: 1, calls: amounts.calls, requests, tokens: amounts.tokens });
  moveHolds(draft, [], holds);
  const granted: Lease = {
    leaseId: request.leaseId,
    keyId: request.keyId,
    scopeIds: request.scopeIds,
    countedIn,
    state: "open",
    seq: 0,
    ...amounts,
    spent: 0,
    spentBefore: request.spentBefore ?? 0,
    grantedAtElapsedMs: elapsedMs,
    expiresAtElapsedMs: elapsedMs + request.ttlMs,
    holds,
  };
  draft.putLease(granted);
  return granted;
}

function permissionRefusal(draft: Draft, request: LeaseRequest): LeaseRefusal | null {
  const key = draft.key(request.keyId);
  if (key === null) return { type: "key-not-live", status: "unknown" };
  const status = keyStatus(key, draft.clock.wallMs);
  if (!isLive(status)) return { type: "key-not-live", status };
  if (!mayDo(key, "searches:create")) return { type: "not-permitted" };
  for (const scopeId of request.scopeIds) {
    const scope = draft.scope(scopeId);
    const disallowed = scope === null ? null : firstDisallowed(scope.allowed, request.asks);
    if (disallowed !== null) return { type: "not-allowed", scopeId, ...disallowed };
  }
  const disallowed = firstDisallowed(key.allowed, request.asks);
  return disallowed === null ? null : { type: "not-allowed", scopeId: key.keyId, ...disallowed };
}

/** What no patience helps goes first: nobody should wait for a rate in order to hear that the budget is too small. */
function limitRefusal(constraints: readonly Constraint[]): LeaseRefusal | null {
  const hit = ({ limit, scopeId, budgetId }: Constraint): LimitHit => ({ limit, scopeId, budgetId });
  const tooLarge = constraints.find((one) => one.atBest < one.minimum);
  if (tooLarge !== undefined) {
    const { atBest, resetsAtMs } = tooLarge;
    return { type: "too-large", ...hit(tooLarge), most: atBest, resetsAtMs };
  }
  const short = constraints.filter((one) => one.available < one.minimum);
  const [first] = short;
  if (first === undefined) return null;
  return { type: "busy", ...hit(first), retryAfterMs: Math.max(...short.map((one) => one.retryAfterMs)) };
}

const MOST_SCOPES = 8;
const MOST_CALLS = 1_000_000;

function faultOf(request: LeaseRequest): LeaseRefusal | null {
  const invalid = (param: string, reason: string): LeaseRefusal => ({ type: "invalid", param, reason });
  const { scopeIds, ttlMs, spentBefore } = request;
  if (request.leaseId === "") return invalid("leaseId", "It is empty.");
  if (scopeIds.length === 0 || scopeIds.length > MOST_SCOPES)
    return invalid("scopeIds", `1 to ${MOST_SCOPES} are needed.`);
  if (new Set(scopeIds).size < scopeIds.length) return invalid("scopeIds", "One is named twice.");
  if (!isTtl(ttlMs)) return invalid("ttlMs", TTL_RANGE);
  if (spentBefore !== null && !isNanodollars(spentBefore)) return invalid("spentBefore", "It is no amount of money.");
  if (!isWanted(request.nanodollars, isNanodollars)) return invalid("nanodollars", "They are no amounts of money.");
  if (!isWanted(request.tokens, isUpTo(LARGEST_PER_MINUTE))) {
    return invalid(
      "tokens",
      `They must be integers in 0..${LARGEST_PER_MINUTE}, the minimum not above what is wanted.`,
    );
  }
  if (!isWanted(request.calls, isUpTo(MOST_CALLS))) {
    return invalid("calls", `They must be integers in 0..${MOST_CALLS}, the minimum not above what is wanted.`);
  }
  return null;
}

export const TTL_RANGE = `It must be an integer in 1..${LONGEST_TTL_MS}.`;

export function isTtl(ttlMs: number): boolean {
  return Number.isInteger(ttlMs) && ttlMs >= 1 && ttlMs <= LONGEST_TTL_MS;
}

function isWanted({ wanted, minimum }: Wanted, isInRange: (value: number) => boolean): boolean {
  return isInRange(wanted) && isInRange(minimum) && minimum <= wanted;
}

function isUpTo(most: number): (value: number) => boolean {
  return (value) => Number.isInteger(value) && value >= 0 && value <= most;
}
