import { capOf, isBinding } from "../../src/ledger/caps.ts";
import { isLive, type Key, keyStatus } from "../../src/ledger/keys/key.ts";
import type { LeaseRequest } from "../../src/ledger/lease.ts";
import type { Lease, LedgerRows } from "../../src/ledger/rows.ts";
import type { Caller, LeaseView, LeaseWish, RenewalRequest } from "./protocol.ts";

/** As long as a digest, and never one of ours: an unknown key takes the same way as a wrong secret (T6). */
export const NO_DIGEST = "-".repeat(64);

/** Null for a key that may do nothing (any more). */
export function callerOf(tenantId: string, key: Key | null, isSame: boolean, nowMs: number): Caller | null {
  if (key === null || !isSame || !isLive(keyStatus(key, nowMs))) return null;
  const { keyId, projectId, kind, permissions } = key;
  return { tenantId, keyId, projectId, kind, permissions };
}

/** Ids of the scopes that one tenant's ledger knows, outermost first. */
export const SCOPES = {
  tenant: "tenant",
  project: (projectId: string) => `project:${projectId}`,
  key: (keyId: string) => `key:${keyId}`,
  endUser: (hashed: string) => `user:${hashed}`,
} as const;

/** Under which scopes a search spends: tenant > project > key > end user. */
export function scopeIdsOf(
  { projectId, keyId }: Pick<Caller, "projectId" | "keyId">,
  endUser: string | null,
): string[] {
  return [
    SCOPES.tenant,
    ...(projectId === null ? [] : [SCOPES.project(projectId)]),
    SCOPES.key(keyId),
    ...(endUser === null ? [] : [SCOPES.endUser(endUser)]),
  ];
}

export function wishToRequest(wish: LeaseWish, caller: Pick<Caller, "projectId" | "keyId">): LeaseRequest {
  const { leaseId, endUser, nanodollars, tokens, calls, asks, ttlMs, spentBefore } = wish;
  const scopeIds = scopeIdsOf(caller, endUser ?? null);
  return { leaseId, keyId: caller.keyId, scopeIds, nanodollars, tokens, calls, asks, ttlMs, spentBefore };
}

/** The next stretch of a lease that is not counted; null where its key has ended. */
export function uncountedView(
  key: Key | null,
  { leaseId, seq, wanted, ttlMs }: RenewalRequest,
  nowMs: number,
): LeaseView | null {
  if (key === null || !isLive(keyStatus(key, nowMs))) return null;
  return {
    leaseId,
    state: "open",
    seq,
    nanodollars: wanted,
    isCounted: false,
    isBinding: false,
    mostPerSearch: null,
    calls: Number.MAX_SAFE_INTEGER,
    tokens: 0,
    expiresInMs: ttlMs,
  };
}

export function leaseToView(rows: LedgerRows, lease: Lease, elapsedMs: number, isCounted = true): LeaseView {
  const { leaseId, state, seq, nanodollars, calls, tokens, scopeIds, expiresAtElapsedMs } = lease;
  return {
    leaseId,
    state,
    seq,
    nanodollars,
    isCounted,
    isBinding: isBinding(rows, lease),
    mostPerSearch: capOf(rows, scopeIds),
    calls,
    tokens,
    expiresInMs: Math.max(0, expiresAtElapsedMs - elapsedMs),
  };
}
