import type { ProviderCall } from "../../bench/provider/ledger.ts";
import type { SearchEvent } from "../../src/core/event.ts";
import type { Lease } from "../../src/ledger/rows.ts";

/** One life of the service's process. Milliseconds since the epoch. */
export interface Life {
  /** It listened. */
  readonly fromMs: number;
  /** It was killed; null for the last, which was not. */
  readonly toMs: number | null;
}

/** A row of D1's `searches` with the rows of its `attempts`, in the order of their index. */
export interface DatabaseRow {
  readonly searchId: string;
  readonly state: string;
  readonly microdollars: number;
  readonly attempts: readonly DatabaseAttempt[];
}

export interface DatabaseAttempt {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly microdollars: number;
  readonly outcome: string;
  readonly providerRequestId: string | null;
}

/** What four witnesses say once everything has come to rest. They share nothing but the searches' ids. */
export interface Evidence {
  /** Ids that a client has been told, by the idempotency key that it sent. */
  readonly acknowledged: ReadonlyMap<string, string>;
  readonly lives: readonly Life[];
  /** The provider's own ledger; `invocation` is the search's id. It was never killed. */
  readonly calls: readonly ProviderCall[];
  /** The searches' logs, by id. */
  readonly logs: ReadonlyMap<string, readonly SearchEvent[]>;
  /** Of the tenant's object. */
  readonly leases: readonly Lease[];
  /** Of the tenant's budget, in nanodollars. */
  readonly budget: { readonly posted: number; readonly reserved: number };
  readonly rows: readonly DatabaseRow[];
  /** What the API answers to `GET /v1/searches/{id}`: its `state`; null where it answers with an error. */
  readonly states: ReadonlyMap<string, string | null>;
}
