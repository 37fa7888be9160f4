import type { Key } from "../../src/ledger/keys/key.ts";
import { windowAt } from "../../src/ledger/period.ts";
import type {
  Bucket,
  Budget,
  Changes,
  Lease,
  LedgerRows,
  Scope,
  ScopeUse,
  TopUp,
  WindowBucket,
} from "../../src/ledger/rows.ts";

/** The ledger's rows in memory. Each goes through JSON, as on its way through a store: what does not survive is no row. */
export interface MemoryRows extends LedgerRows {
  putKey(key: Key): void;
  deleteKey(keyId: string): void;
  putScope(scope: Scope): void;
  deleteScope(scopeId: string): void;
  deleteBudget(budgetId: string): void;
  write(changes: Changes): void;
  /** Rows written since the last call. */
  takeWrites(): number;
  allBudgets(): readonly Budget[];
  allBuckets(): readonly Bucket[];
  allLeases(): readonly Lease[];
  allUses(): readonly ScopeUse[];
}

export function createMemoryRows(): MemoryRows {
  const clock = new Table<{ id: string; clock: Changes["clock"] }>();
  const keys = new Table<Key>();
  const scopes = new Table<Scope>();
  const uses = new Table<ScopeUse>();
  const budgets = new Table<Budget>();
  const buckets = new Table<Bucket>();
  const leases = new Table<Lease>();
  let writes = 0;

  return {
    clock: () => clock.get("")?.clock ?? null,
    key: (keyId) => keys.get(keyId),
    scope: (scopeId) => scopes.get(scopeId),
    use: (scopeId) => uses.get(scopeId),
    budgets: (scopeId) => budgets.all().filter((one) => one.scopeId === scopeId),
    budget: (budgetId) => budgets.get(budgetId),
    bucket: (bucketId) => buckets.get(bucketId),
    windows: (budgetId, fromMs, toMs) =>
      buckets
        .all()
        .filter((one): one is WindowBucket => one.type === "window" && one.budgetId === budgetId)
        .filter((one) => one.startMs >= fromMs && one.startMs < toMs),
    topUps: (budgetId, nowMs) =>
      buckets
        .all()
        .filter((one): one is TopUp => one.type === "top-up" && one.budgetId === budgetId)
        .filter((one) => one.expiresAtMs === null || one.expiresAtMs > nowMs)
        .sort((a, b) => (a.expiresAtMs ?? Number.MAX_VALUE) - (b.expiresAtMs ?? Number.MAX_VALUE)),
    lease: (leaseId) => leases.get(leaseId),
    putKey: (key) => keys.put(key.keyId, key),
    deleteKey: (keyId) => keys.delete(keyId),
    putScope: (scope) => scopes.put(scope.scopeId, scope),
    deleteScope(scopeId) {
      scopes.delete(scopeId);
      uses.delete(scopeId);
    },
    deleteBudget(budgetId) {
      budgets.delete(budgetId);
      for (const bucket of buckets.all()) if (bucket.budgetId === budgetId) buckets.delete(bucket.bucketId);
    },
    write(changes) {
      clock.put("", { id: "", clock: changes.clock });
      for (const use of changes.uses) uses.put(use.scopeId, use);
      for (const budget of changes.budgets) budgets.put(budget.budgetId, budget);
      for (const bucket of changes.buckets) buckets.put(bucket.bucketId, bucket);
      for (const lease of changes.leases) leases.put(lease.leaseId, lease);
      writes += 1 + changes.uses.length + changes.budgets.length + changes.buckets.length + changes.leases.length;
    },
    takeWrites() {
      const taken = writes;
      writes = 0;
      return taken;
    },
    allBudgets: () => budgets.all(),
    allBuckets: () => buckets.all(),
    allLeases: () => leases.all(),
    allUses: () => uses.all(),
  };
}

class Table<Row> {
  readonly #rows = new Map<string, Row>();

  get(id: string): Row | null {
    return this.#rows.get(id) ?? null;
  }

  put(id: string, row: Row): void {
    this.#rows.set(id, frozen(JSON.parse(JSON.stringify(row)) as Row));
  }

  delete(id: string): void {
    this.#rows.delete(id);
  }

  all(): Row[] {
    return [...this.#rows.values()];
  }
}

function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}

/** Posted and reserved of a budget in its window at `nowMs`. */
export function inWindow(rows: LedgerRows, budgetId: string, nowMs: number) {
  const budget = rows.budget(budgetId);
  if (budget === null) throw new Error(`There is no budget ${budgetId}.`);
  const { countsFromMs, countsToMs } = windowAt(budget.period, nowMs);
  const buckets = rows.windows(budgetId, countsFromMs, countsToMs);
  return {
    posted: buckets.reduce((sum, one) => sum + one.posted, 0),
    reserved: buckets.reduce((sum, one) => sum + one.reserved, 0),
  };
}
