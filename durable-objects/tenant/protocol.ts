import type { AllowLists } from "../../src/ledger/allow-lists.ts";
import type { Key, KeyKind } from "../../src/ledger/keys/key.ts";
import type { Permission } from "../../src/ledger/keys/permissions.ts";
import type { LeaseRefusal, Wanted } from "../../src/ledger/lease.ts";
import type { Rates } from "../../src/ledger/rates.ts";
import type { LeaseState } from "../../src/ledger/rows.ts";
import type { LeaseError } from "../../src/ledger/settle.ts";
import type { OwnModels } from "../../src/own-providers.ts";

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
  /** Of the own providers (`OwnModels`) that the search was planned with; 0 without. Needed where there is a lease. */
  readonly ownRevision?: number;
}

export interface LeaseWish {
  /** Of the search that is to spend it (lease-id.ts): asked for again with the same id, the same lease is granted again. */
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
  /** `rates` as they stand after the lease. */
  | {
      readonly ok: true;
      readonly caller: Caller;
      readonly lease: LeaseView | null;
      readonly rates: Rates;
      readonly ownModels: OwnModels;
    }
  /** Nothing was counted and nothing granted: the tenant's own providers are others than the search was planned with. */
  | { readonly ok: false; readonly type: "other-models"; readonly caller: Caller; readonly ownModels: OwnModels }
  /** Unknown, wrong and ended keys alike. */
  | { readonly ok: false; readonly type: "unknown-key" }
  | {
      readonly ok: false;
      readonly type: "refused";
      readonly caller: Caller;
      readonly refusal: LeaseRefusal;
      readonly rates: Rates;
      readonly ownModels: OwnModels;
    };

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
  /** Of the last renewal that was carried out; 0 before the first. */
  readonly seq: number;
  /** The most it may spend, from its first moment on. */
  readonly nanodollars: number;
  /** False where nothing is limited and so nothing is written down: it is not settled, and renewed by its key. */
  readonly isCounted: boolean;
  /** False where nothing limits the tenant's money: the search then need not keep to `nanodollars`. */
  readonly isBinding: boolean;
  /** The most that the search may spend under all its leases together, by its scopes; null where none says. */
  readonly mostPerSearch: number | null;
  /** In flight at once. */
  readonly calls: number;
  /** Reserved of the limits per minute. */
  readonly tokens: number;
  /** From now. */
  readonly expiresInMs: number;
}

/** A further lease for a search that was admitted before: its object asks, and nobody else can. */
export interface DrawRequest {
  readonly keyId: string;
  readonly lease: LeaseWish;
}

export type Draw =
  | { readonly ok: true; readonly lease: LeaseView }
  | { readonly ok: false; readonly refusal: LeaseRefusal };

export interface RenewalRequest {
  readonly leaseId: string;
  /** Rising, from 1. */
  readonly seq: number;
  readonly spent: number;
  readonly inFlight: number;
  readonly wanted: number;
  /** More tokens, on top of those that the lease holds; none where absent. */
  readonly tokens?: number;
  readonly ttlMs: number;
  /** Whose lease it is, where it is not counted. */
  readonly keyId?: string;
}

export interface SettlementRequest {
  readonly leaseId: string;
  readonly spent: number;
  readonly tokens: number;
  /** Present where the search is over, for the tenant's webhooks; absent where only this lease of it is. */
  readonly ended?: SearchEnd;
}

export interface SearchEnd {
  readonly searchId: string;
  readonly keyId: string;
  readonly state: "completed" | "failed" | "cancelled";
  /** Microdollars, under all of its leases. */
  readonly microdollars: number;
  readonly calls: number;
}

/** `reason` is the type of a `LeaseError`, `message` the whole of it for the log. */
export type LeaseAnswer =
  | { readonly ok: true; readonly lease: LeaseView }
  | { readonly ok: false; readonly reason: LeaseError["type"]; readonly message: string };

/** A key with the digest of its secret. The rest is absent of keys from before it was noted. */
export interface StoredKey {
  readonly key: Key;
  readonly digest: string;
  readonly name?: string;
  readonly createdAtMs?: number;
  /** Last characters of its text. */
  readonly lastFour?: string;
}
