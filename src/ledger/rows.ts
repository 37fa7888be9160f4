import type { AllowLists } from "./allow-lists.ts";
import type { Clock } from "./clock.ts";
import type { Key } from "./keys/key.ts";
import type { Meter } from "./meter.ts";
import type { Period } from "./period.ts";

/**
 * The ledger's state: plain rows, each found by its id. The tenant's object keeps them in SQLite and nothing else knows
 * where they lie; a command reads the few it touches through `LedgerRows` and returns those that change (`Decision`),
 * to be written in one transaction. All times are milliseconds; those named `elapsed` are the ledger's own (`clock.ts`).
 */

/** Who may limit spending. A search stands under a stack of them, outermost first: tenant, project, key, end user. */
export interface Scope {
  readonly scopeId: string;
  /** Null does not limit. */
  readonly requestsPerMinute: number | null;
  readonly tokensPerMinute: number | null;
  readonly parallelSearches: number | null;
  readonly parallelCalls: number | null;
  /** The most one search may spend, in nanodollars. */
  readonly nanodollarsPerSearch: number | null;
  readonly allowed: AllowLists;
}

/** What is in use of a scope's limits. */
export interface ScopeUse {
  readonly scopeId: string;
  readonly openSearches: number;
  readonly openCalls: number;
  readonly requests: Meter;
  readonly tokens: Meter;
}

/** Money per window for one scope, which may have several. */
export interface Budget {
  readonly budgetId: string;
  readonly scopeId: string;
  readonly period: Period;
  /** Per window. */
  readonly nanodollars: number;
  /** Rising, in 1..100: an event tells once per window that so much of the budget is spent. */
  readonly thresholdPercents: readonly number[];
}

/**
 * Where money is counted: the window (or slice of a rolling window) of a budget that begins at `startMs`, or a top-up,
 * which is spent once, whichever window it is in.
 */
export type Bucket = WindowBucket | TopUp;

export interface WindowBucket extends Counted {
  readonly type: "window";
  readonly startMs: number;
  /** The highest threshold told of. */
  readonly toldPercent: number;
}

export interface TopUp extends Counted {
  readonly type: "top-up";
  readonly nanodollars: number;
  /** Nothing is admitted from then on; what was admitted may still be spent. Null: never. */
  readonly expiresAtMs: number | null;
}

interface Counted {
  readonly bucketId: string;
  readonly budgetId: string;
  readonly posted: number;
  readonly reserved: number;
}

/**
 * - `open`: money, a search and its calls are held.
 * - `settled`, `voided`: ended, at what it cost or at nothing.
 * - `uncertain`: nobody has told in time what it cost, so all of it is posted; a settlement may still correct that.
 */
export type LeaseState = "open" | "settled" | "voided" | "uncertain";

export interface Lease {
  readonly leaseId: string;
  readonly keyId: string;
  readonly scopeIds: readonly string[];
  /** Of these, the scopes whose use it counts in: those that had limits when it was granted. */
  readonly countedIn: readonly string[];
  readonly state: LeaseState;
  /** Of the last command carried out on it; 0 when granted. */
  readonly seq: number;
  /** The most it may spend, from its first moment on. */
  readonly nanodollars: number;
  /** Posted so far. Above `nanodollars` only where a provider has billed more than was reserved. */
  readonly spent: number;
  /** By the same search, under leases before this one. */
  readonly spentBefore: number;
  readonly calls: number;
  readonly tokens: number;
  readonly grantedAtElapsedMs: number;
  /** From then on nothing may be spent under it. */
  readonly expiresAtElapsedMs: number;
  /** In the order in which they are spent. For each budget of the stack, at least its window at admission. */
  readonly holds: readonly Hold[];
}

/** A lease's part of one bucket. */
export interface Hold {
  readonly bucketId: string;
  readonly budgetId: string;
  readonly held: number;
  readonly posted: number;
}

/** What a command may read, synchronously. Null and empty lists for what is not there. */
export interface LedgerRows {
  clock(): Clock | null;
  key(keyId: string): Key | null;
  scope(scopeId: string): Scope | null;
  use(scopeId: string): ScopeUse | null;
  /** In an order that does not change. */
  budgets(scopeId: string): readonly Budget[];
  budget(budgetId: string): Budget | null;
  bucket(bucketId: string): Bucket | null;
  /** Windows of a budget with fromMs <= startMs < toMs. */
  windows(budgetId: string, fromMs: number, toMs: number): readonly WindowBucket[];
  /** Of a budget, those that have not expired at `nowMs`, the soonest to expire first, those that never do last. */
  topUps(budgetId: string, nowMs: number): readonly TopUp[];
  lease(leaseId: string): Lease | null;
}

/** Rows to write over those with the same id. */
export interface Changes {
  readonly clock: Clock;
  readonly uses: readonly ScopeUse[];
  readonly budgets: readonly Budget[];
  readonly buckets: readonly Bucket[];
  readonly leases: readonly Lease[];
}

/** What others should hear of: kept with the changes, delivered from there. */
export type LedgerEvent =
  | {
      readonly type: "threshold-reached";
      readonly scopeId: string;
      readonly budgetId: string;
      /** Which window it was: in which no other event tells of this percentage. */
      readonly windowStartMs: number;
      readonly percent: number;
      readonly posted: number;
    }
  | { readonly type: "window-started"; readonly budgetId: string; readonly windowStartMs: number }
  /** Posted in full, for reconciliation. */
  | { readonly type: "lease-uncertain"; readonly leaseId: string; readonly unknownNanodollars: number }
  /** A provider has billed more than was reserved. */
  | { readonly type: "lease-overspent"; readonly leaseId: string; readonly nanodollars: number };

export interface Decision<Outcome> {
  readonly outcome: Outcome;
  readonly changes: Changes;
  readonly events: readonly LedgerEvent[];
}
