import type { Clock } from "../../src/ledger/clock.ts";
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
import { dueAtElapsedMs } from "../../src/ledger/settle.ts";
import { createTable } from "./table.ts";

/** The ledger's rows in the object's own SQLite. Every command reads what it needs and writes what has changed. */
export interface LedgerStore extends LedgerRows {
  /** Synchronous, hence in the same transaction as what is written beside it. */
  write(changes: Changes): void;
  putScope(scope: Scope): void;
  scopes(): readonly Scope[];
  allBudgets(): readonly Budget[];
  deleteBudget(budgetId: string): void;
  /** Open leases in the order in which they are due, the first `limit` of them. */
  openLeases(limit: number): readonly Lease[];
  /** Forgets leases that ended before that elapsed time: nobody asks after them any more. */
  forgetLeases(beforeElapsedMs: number): void;
}

/**
 * One table per kind of row, each row as JSON beside what it is looked up by: its shape is the ledger's business. A row
 * that changes is updated in place, and of leases only the open ones are in an index: rows written are what the platform
 * bills, those of indices included.
 */
export function createLedgerStore(
  storage: Pick<DurableObjectStorage, "sql" | "kv">,
  keyOf: LedgerRows["key"],
): LedgerStore {
  const { sql } = storage;
  const scopes = createTable<Scope>(sql, "scope");
  const uses = createTable<ScopeUse>(sql, "scope_use");
  const budgets = createTable<Budget>(sql, "budget");
  sql.exec(`CREATE TABLE IF NOT EXISTS bucket (
    id TEXT NOT NULL PRIMARY KEY, budget_id TEXT NOT NULL, start_ms INTEGER, json TEXT NOT NULL
  ) WITHOUT ROWID`);
  sql.exec("CREATE INDEX IF NOT EXISTS bucket_of ON bucket (budget_id, start_ms)");
  sql.exec(`CREATE TABLE IF NOT EXISTS lease (
    id TEXT NOT NULL PRIMARY KEY, due_ms INTEGER, ended_ms INTEGER, json TEXT NOT NULL
  ) WITHOUT ROWID`);
  sql.exec("CREATE INDEX IF NOT EXISTS lease_due ON lease (due_ms) WHERE due_ms IS NOT NULL");
  const buckets = (where: string, ...values: (string | number)[]): readonly Bucket[] =>
    sql
      .exec<{ json: string }>(`SELECT json FROM bucket WHERE ${where}`, ...values)
      .toArray()
      .map(({ json }) => JSON.parse(json) as Bucket);

  return {
    clock: () => storage.kv.get<Clock>("clock") ?? null,
    key: keyOf,
    scope: scopes.get,
    use: uses.get,
    // A tenant has a handful of budgets; they are read whole.
    budgets: (scopeId) => budgets.all().filter((budget) => budget.scopeId === scopeId),
    budget: budgets.get,
    bucket: (bucketId) => buckets("id = ?", bucketId)[0] ?? null,
    windows: (budgetId, fromMs, toMs) =>
      buckets("budget_id = ? AND start_ms >= ? AND start_ms < ?", budgetId, fromMs, toMs) as readonly WindowBucket[],
    topUps: (budgetId, nowMs) =>
      (buckets("budget_id = ? AND start_ms IS NULL", budgetId) as readonly TopUp[])
        .filter(({ expiresAtMs }) => expiresAtMs === null || expiresAtMs > nowMs)
        .sort((a, b) => (a.expiresAtMs ?? Number.MAX_VALUE) - (b.expiresAtMs ?? Number.MAX_VALUE)),
    lease: (leaseId) => {
      const [row] = sql.exec<{ json: string }>("SELECT json FROM lease WHERE id = ?", leaseId).toArray();
      return row === undefined ? null : (JSON.parse(row.json) as Lease);
    },
    write: (changes) => {
      storage.kv.put("clock", changes.clock);
      for (const use of changes.uses) uses.put(use.scopeId, use);
      for (const budget of changes.budgets) budgets.put(budget.budgetId, budget);
      for (const bucket of changes.buckets) {
        sql.exec(
          `INSERT INTO bucket (id, budget_id, start_ms, json) VALUES (?, ?, ?, ?)
           ON CONFLICT (id) DO UPDATE SET json = excluded.json`,
          bucket.bucketId,
          bucket.budgetId,
          bucket.type === "window" ? bucket.startMs : null,
          JSON.stringify(bucket),
        );
      }
      for (const lease of changes.leases) {
        const isOpen = lease.state === "open";
        sql.exec(
          `INSERT INTO lease (id, due_ms, ended_ms, json) VALUES (?, ?, ?, ?)
           ON CONFLICT (id) DO UPDATE SET due_ms = excluded.due_ms, ended_ms = excluded.ended_ms, json = excluded.json`,
          lease.leaseId,
          isOpen ? dueAtElapsedMs(lease) : null,
          isOpen ? null : changes.clock.elapsedMs,
          JSON.stringify(lease),
        );
      }
    },
    putScope: (scope) => scopes.put(scope.scopeId, scope),
    scopes: scopes.all,
    allBudgets: budgets.all,
    deleteBudget: (budgetId) => {
      budgets.delete(budgetId);
      sql.exec("DELETE FROM bucket WHERE budget_id = ?", budgetId);
    },
    openLeases: (limit) =>
      sql
        .exec<{ json: string }>("SELECT json FROM lease WHERE due_ms IS NOT NULL ORDER BY due_ms LIMIT ?", limit)
        .toArray()
        .map(({ json }) => JSON.parse(json) as Lease),
    forgetLeases: (beforeElapsedMs) =>
      void sql.exec("DELETE FROM lease WHERE ended_ms IS NOT NULL AND ended_ms < ?", beforeElapsedMs),
  };
}
