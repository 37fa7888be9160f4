import type { AllowLists } from "../../src/ledger/allow-lists.ts";
import type { Key, KeyKind } from "../../src/ledger/keys/key.ts";
import type { Permission } from "../../src/ledger/keys/permissions.ts";
import type { LeaseRefusal, Wanted } from "../../src/ledger/lease.ts";
import type { LeaseState } from "../../src/ledger/rows.ts";

/**
 * What crosses between a tenant's object and the rest. Plain, concrete and additive only, as the protocol of a search's
 * object. Amounts are nanodollars, times milliseconds.
 */
export interface AdmissionRequest {
  readonly keyId: string;
  /** SHA-256 of the whole key, lower-case hex: the secret itself stays where it came in. */
  readonly digest: string;
  /** What a search wants to spend; absent where nothing is spent. */
  readonly lease?: LeaseWish;
}

export interface LeaseWish {
  /** Chosen by the caller: asked for again with the same id, the same lease is granted again. */
  readonly leaseId: string;
  /** Whom the tenant serves with it, as an id that is already hashed; absent for nobody in particular. */
  readonly endUser?: string;
  readonly nanodollars: Wanted;
  readonly tokens: Wanted;
  readonly calls: Wanted;
  readonly asks: AllowLists;
  readonly ttlMs: number;
  /** Nanodollars the same search has spent under earlier leases; null for its first. Only that one is a request. */
  readonly spentBefore: number | null;
}

export type Admission =
  | { readonly ok: true; readonly caller: Caller; readonly lease: LeaseView | null }
  /** Unknown, wrong and ended keys alike. */
  | { readonly ok: false; readonly type: "unknown-key" }
  | { readonly ok: false; readonly type: "refused"; readonly caller: Caller; readonly refusal: LeaseRefusal };

/** Who asks, proved by a key. */
export interface Caller {
  readonly tenantId: string;
  readonly keyId: string;
  /** Null: the tenant as a whole. */
  readonly projectId: string | null;
  readonly kind: KeyKind;
  readonly permissions: readonly Permission[];
}

export interface LeaseView {
  readonly leaseId: string;
  readonly state: LeaseState;
  /** The most it may spend, from its first moment on. */
  readonly nanodollars: number;
  readonly calls: number;
  /** From now. */
  readonly expiresInMs: number;
}

export interface RenewalRequest {
  readonly leaseId: string;
  /** Rising, from 1. */
  readonly seq: number;
  readonly spent: number;
  readonly inFlight: number;
  readonly wanted: number;
  readonly ttlMs: number;
}

export interface SettlementRequest {
  readonly leaseId: string;
  readonly spent: number;
  readonly tokens: number;
}

/** `reason` is the type of a `LeaseError`, `message` the whole of it for the log. */
export type LeaseAnswer =
  | { readonly ok: true; readonly lease: LeaseView }
  | { readonly ok: false; readonly reason: string; readonly message: string };

/** A key with the digest of its secret. */
export interface StoredKey {
  readonly key: Key;
  readonly digest: string;
}
