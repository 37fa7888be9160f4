import { fail, type Result, succeed } from "../core/result.ts";
import { type Draft, openDraft } from "./draft.ts";
import { holdsFor, joined, moveHolds, shrunk, spent } from "./holds.ts";
import { isLive, type KeyStatus, keyStatus } from "./keys/key.ts";
import { isTtl, TTL_RANGE } from "./lease.ts";
import { LARGEST_PER_MINUTE, roomIn } from "./meter.ts";
import { isNanodollars } from "./money.ts";
import { roomOf } from "./room.ts";
import type { Budget, Decision, Lease, LeaseState, LedgerRows } from "./rows.ts";
import { correctTokens, giveUp, take, useOf } from "./use.ts";

/**
 * What becomes of a granted lease. Commands may be delivered twice, late or out of order: renewals carry a `seq` that
 * rises, and one that is not above the lease's changes nothing; a settlement carries the total, and the same total again
 * is the same settlement.
 *
 *   open -- renew --> open -- settle --> settled
 *   open -- void --> voided                       nothing was ever sent under it
 *   open -- expire, after the grace --> uncertain -- settle or void --> settled or voided
 */
export type LeaseError =
  | { readonly type: "invalid"; readonly param: string; readonly reason: string }
  | { readonly type: "lease-unknown"; readonly leaseId: string }
  | { readonly type: "lease-ended"; readonly leaseId: string; readonly state: LeaseState }
  /** A total may only grow; this one is less than what is posted already. */
  | { readonly type: "spent-fell"; readonly leaseId: string; readonly posted: number }
  | { readonly type: "key-not-live"; readonly status: KeyStatus | "unknown" };

export type SettleOutcome = Result<Lease, LeaseError>;

export interface Renewal {
  readonly leaseId: string;
  /** 1 or more, above that of the renewal before. */
  readonly seq: number;
  /** Nanodollars: total of the calls that have ended. */
  readonly spent: number;
  /** Nanodollars: the worst case of those in flight. */
  readonly inFlight: number;
  /** Nanodollars that the search wants in all, from its first moment on. */
  readonly wanted: number;
  /** More tokens, on top of those reserved; as many as are free are added. */
  readonly tokens: number;
  readonly ttlMs: number;
}

/**
 * Posts what was spent, lets the lease grow towards `wanted` or shrink to it (or, where a budget has been lowered, to
 * what is in use), and lengthens its life. It never fails for lack of money. A revoked key's lease is not renewed, so
 * its search stops spending within the lease's time to live (I11). Growth is admitted now, in today's window.
 */
export function renew(rows: LedgerRows, renewal: Renewal, nowMs: number): Decision<SettleOutcome> {
  const draft = openDraft(rows, nowMs);
  const { leaseId, seq, ttlMs } = renewal;
  const fault = renewalFault(renewal);
  if (fault !== null) return draft.close(fail(fault));
  const lease = draft.lease(leaseId);
  if (lease === null) return draft.close(fail({ type: "lease-unknown", leaseId }));
  if (lease.state !== "open") return draft.close(fail({ type: "lease-ended", leaseId, state: lease.state }));
  if (seq <= lease.seq) return draft.close(succeed(lease));
  if (renewal.spent < lease.spent) return draft.close(fail({ type: "spent-fell", leaseId, posted: lease.spent }));
  const key = draft.key(lease.keyId);
  const status = key === null ? "unknown" : keyStatus(key, draft.clock.wallMs);
  if (status === "unknown" || !isLive(status)) return draft.close(fail({ type: "key-not-live", status }));

  const tokens = moreTokens(draft, lease, renewal.tokens);
  if (tokens > 0) take(draft, lease.countedIn, { searches: 0, calls: 0, requests: 0, tokens });
  const grown = resized(draft, lease, renewal);
  const renewed = {
    ...grown,
    seq,
    tokens: lease.tokens + tokens,
    expiresAtElapsedMs: draft.clock.elapsedMs + ttlMs,
  };
  return draft.close(succeed(post(draft, lease, renewed, renewal.spent)));
}

export interface Settlement {
  readonly leaseId: string;
  /** Nanodollars: all that was spent under the lease, calls of unknown outcome at their worst case. */
  readonly spent: number;
  /** Prompt and completion tokens used under it. */
  readonly tokens: number;
}

/** Posts the total in the windows of admission and gives back the rest. Final. */
export function settle(rows: LedgerRows, settlement: Settlement, nowMs: number): Decision<SettleOutcome> {
  const { leaseId, spent, tokens } = settlement;
  const draft = openDraft(rows, nowMs);
  if (!isNanodollars(spent)) return draft.close(fail(invalid("spent", "It is no amount of money.")));
  if (!isTokens(tokens)) return draft.close(fail(invalid("tokens", TOKENS_RANGE)));
  const lease = draft.lease(leaseId);
  if (lease === null) return draft.close(fail({ type: "lease-unknown", leaseId }));
  if (lease.state === "settled" && lease.spent === spent) return draft.close(succeed(lease));
  if (lease.state === "settled" || lease.state === "voided") {
    return draft.close(fail({ type: "lease-ended", leaseId, state: lease.state }));
  }
  if (lease.state === "open" && spent < lease.spent) {
    return draft.close(fail({ type: "spent-fell", leaseId, posted: lease.spent }));
  }
  correctTokens(draft, lease, tokens);
  return draft.close(succeed(end(draft, lease, "settled", spent)));
}

/** Gives everything back, for a lease under which nothing was sent. Rates keep the request, and not its tokens. */
export function voidLease(rows: LedgerRows, leaseId: string, nowMs: number): Decision<SettleOutcome> {
  const draft = openDraft(rows, nowMs);
  const lease = draft.lease(leaseId);
  if (lease === null) return draft.close(fail({ type: "lease-unknown", leaseId }));
  if (lease.state === "voided") return draft.close(succeed(lease));
  if (lease.state === "settled") return draft.close(fail({ type: "lease-ended", leaseId, state: lease.state }));
  if (lease.state === "open" && lease.spent > 0) {
    return draft.close(fail({ type: "spent-fell", leaseId, posted: lease.spent }));
  }
  correctTokens(draft, lease, 0);
  return draft.close(succeed(end(draft, lease, "voided", 0)));
}

/**
 * How long a lease that has run out waits for its settlement. Longer than the minute within which a search that was
 * killed makes progress again (I5).
 */
export const GRACE_MS = 90_000;

/** When the lease is to be expired, in elapsed time: the tenant's alarm is for the earliest of its open leases. */
export function dueAtElapsedMs(lease: Pick<Lease, "expiresAtElapsedMs">): number {
  return lease.expiresAtElapsedMs + GRACE_MS;
}

/**
 * Posts all of a lease that nobody has settled: what was sent under it may be billed, so nothing of it is given back on
 * a guess (unlike a card payment's hold, which is voided). Before its time, and on a lease that has ended, it changes
 * nothing and answers with the lease as it is.
 */
export function expire(rows: LedgerRows, leaseId: string, nowMs: number): Decision<SettleOutcome> {
  const draft = openDraft(rows, nowMs);
  const lease = draft.lease(leaseId);
  if (lease === null) return draft.close(fail({ type: "lease-unknown", leaseId }));
  if (lease.state !== "open" || draft.clock.elapsedMs < dueAtElapsedMs(lease)) return draft.close(succeed(lease));
  draft.tell({ type: "lease-uncertain", leaseId, unknownNanodollars: Math.max(0, lease.nanodollars - lease.spent) });
  return draft.close(succeed(end(draft, lease, "uncertain", Math.max(lease.nanodollars, lease.spent))));
}

function end(draft: Draft, lease: Lease, state: LeaseState, total: number): Lease {
  if (lease.state === "open") giveUp(draft, lease);
  return post(draft, lease, { ...lease, state }, total);
}

/** Writes the lease as it is to be, with `total` posted; what it does not hold any more is given back. */
function post(draft: Draft, before: Lease, after: Lease, total: number): Lease {
  const posted = spent(after.holds, total);
  // One that has run out is posted in full: it keeps its holds for the settlement that may correct it.
  const isOver = after.state === "settled" || after.state === "voided";
  const holds = isOver ? posted.map((hold) => ({ ...hold, held: hold.posted })) : posted;
  moveHolds(draft, before.holds, holds);
  const lease = { ...after, spent: total, holds };
  draft.putLease(lease);
  const excess = total - Math.max(lease.nanodollars, before.spent);
  if (excess > 0) draft.tell({ type: "lease-overspent", leaseId: lease.leaseId, nanodollars: excess });
  return lease;
}

/** The lease with the amount it is to have from now on, and the holds for it. */
function resized(draft: Draft, lease: Lease, { spent, inFlight, wanted }: Renewal): Lease {
  const free = freeFor(draft, lease);
  const used = Math.min(spent + inFlight, lease.nanodollars);
  const nanodollars = Math.max(used, Math.min(wanted, lease.nanodollars + free));
  if (nanodollars <= lease.nanodollars) return { ...lease, nanodollars, holds: shrunk(lease.holds, nanodollars) };
  const more = budgetsOf(draft, lease).flatMap((budget) =>
    holdsFor(budget, roomOf(draft, budget, draft.clock.wallMs), nanodollars - lease.nanodollars),
  );
  return { ...lease, nanodollars, holds: joined(lease.holds, more) };
}

/** How much the lease may grow: Infinity where nothing limits it, negative where a budget was lowered below its leases. */
function freeFor(draft: Draft, lease: Lease): number {
  const rooms = budgetsOf(draft, lease).map((budget) => {
    const { free, inWindow } = roomOf(draft, budget, draft.clock.wallMs);
    return free > 0 ? free : Math.min(0, inWindow);
  });
  const caps = lease.scopeIds.flatMap((scopeId) => {
    const cap = draft.scope(scopeId)?.nanodollarsPerSearch ?? null;
    return cap === null ? [] : [cap - lease.spentBefore - lease.nanodollars];
  });
  const own = draft.key(lease.keyId)?.kind === "test" ? [0] : [];
  return Math.min(...rooms, ...caps, ...own);
}

/** Those that the lease was admitted under: a budget made since binds from the next lease on. */
function budgetsOf(draft: Draft, lease: Lease): readonly Budget[] {
  const budgetIds = new Set(lease.holds.map((hold) => hold.budgetId));
  return [...budgetIds].flatMap((budgetId) => draft.budget(budgetId) ?? []);
}

function moreTokens(draft: Draft, lease: Lease, wanted: number): number {
  return lease.countedIn.reduce((least, scopeId) => {
    const scope = draft.scope(scopeId);
    if (scope === null || scope.tokensPerMinute === null) return least;
    return Math.min(least, roomIn(useOf(draft, scope).tokens, scope.tokensPerMinute));
  }, wanted);
}

const TOKENS_RANGE = `It must be an integer in 0..${LARGEST_PER_MINUTE}.`;

function renewalFault(renewal: Renewal): LeaseError | null {
  const { seq, spent, inFlight, wanted, tokens, ttlMs } = renewal;
  if (!Number.isInteger(seq) || seq < 1) return invalid("seq", "It must be an integer of 1 or more.");
  if (!isNanodollars(spent)) return invalid("spent", "It is no amount of money.");
  if (!isNanodollars(inFlight)) return invalid("inFlight", "It is no amount of money.");
  if (!isNanodollars(wanted)) return invalid("wanted", "It is no amount of money.");
  if (!isTokens(tokens)) return invalid("tokens", TOKENS_RANGE);
  return isTtl(ttlMs) ? null : invalid("ttlMs", TTL_RANGE);
}

function isTokens(tokens: number): boolean {
  return Number.isInteger(tokens) && tokens >= 0 && tokens <= LARGEST_PER_MINUTE;
}

function invalid(param: string, reason: string): LeaseError {
  return { type: "invalid", param, reason };
}
