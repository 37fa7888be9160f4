import type { LeaseWish } from "../tenant/protocol.ts";
import type { KeyValues } from "./listing.ts";

/** What a search's object remembers beside its log. */
export interface Facts {
  /** Null until the search was accepted. */
  readonly tenantId: string | null;
  readonly createdAtMs: number;
  /** Somebody asked for its end; must outlive a crash that comes in between. */
  readonly isCancelled: boolean;
  readonly isDelivered: boolean;
  readonly runs: number;
  readonly failedRuns: number;
  /** Of the request that started it; null where no repetition of it can come here. */
  readonly requestHash: string | null;
  /** The highest count of repetitions among the requests that came here. */
  readonly attempt: number;
  /** A client that was still there has got its end. */
  readonly isServed: boolean;
  /** When the last of those who waited went away; null while nobody has, or somebody came since. */
  readonly leftAtMs: number | null;
  /** Of the tenant's own providers when it was started; 0 where it had none. */
  readonly ownRevision: number;
  /** What it spends under; null for a search from before there were leases. */
  readonly lease: HeldLease | null;
  /** A lease that its tenant was told is not used here: no search may begin under it any more. */
  readonly barredLease: string | null;
}

/** The lease as far as it must outlive the object's memory: its amount and its end are the tenant's to say. */
export interface HeldLease {
  /** Name of the tenant's object. */
  readonly tenantCode: string;
  readonly keyId: string;
  /** What was asked for: its id, and what the next one of the same search asks for. */
  readonly wish: LeaseWish;
  /** 1 for the search's first. */
  readonly ordinal: number;
  /** What the search had spent under earlier leases; once this one is settled, under this one too. */
  readonly before: Spent;
  /** False where nobody counts what is spent under it. */
  readonly isCounted: boolean;
  /** Its settlement has arrived. */
  readonly isSettled: boolean;
}

export interface Spent {
  readonly microdollars: number;
  readonly tokens: number;
}

const NO_FACTS: Facts = {
  barredLease: null,
  tenantId: null,
  createdAtMs: 0,
  isCancelled: false,
  isDelivered: false,
  runs: 0,
  failedRuns: 0,
  requestHash: null,
  attempt: 0,
  isServed: false,
  leftAtMs: null,
  ownRevision: 0,
  lease: null,
};

export interface FactsStore {
  read(): Facts;
  /** Synchronous, hence in the same transaction as what is written beside it. */
  change(facts: Partial<Facts>): void;
}

/** One entry; facts added by a later version read as their defaults. */
export function createFactsStore(storage: { readonly kv: KeyValues }): FactsStore {
  const read = (): Facts => ({ ...NO_FACTS, ...storage.kv.get<Partial<Facts>>("facts") });
  return { read, change: (facts) => storage.kv.put("facts", { ...read(), ...facts }) };
}
