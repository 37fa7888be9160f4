import { advanceClock, type Clock } from "./clock.ts";
import type { Bucket, Budget, Decision, Lease, LedgerEvent, LedgerRows, ScopeUse, WindowBucket } from "./rows.ts";

/** The rows as one command sees them: those it has changed, and behind them those that are stored. */
export interface Draft extends Omit<LedgerRows, "clock"> {
  readonly clock: Clock;
  putUse(use: ScopeUse): void;
  putBudget(budget: Budget): void;
  putBucket(bucket: Bucket): void;
  putLease(lease: Lease): void;
  tell(event: LedgerEvent): void;
  close<Outcome>(outcome: Outcome): Decision<Outcome>;
}

export function openDraft(rows: LedgerRows, nowMs: number): Draft {
  const clock = advanceClock(rows.clock(), nowMs);
  const uses = new Map<string, ScopeUse>();
  const budgets = new Map<string, Budget>();
  const buckets = new Map<string, Bucket>();
  const leases = new Map<string, Lease>();
  const events: LedgerEvent[] = [];

  return {
    clock,
    key: (keyId) => rows.key(keyId),
    scope: (scopeId) => rows.scope(scopeId),
    use: (scopeId) => uses.get(scopeId) ?? rows.use(scopeId),
    budgets: (scopeId) => rows.budgets(scopeId).map((one) => budgets.get(one.budgetId) ?? one),
    budget: (budgetId) => budgets.get(budgetId) ?? rows.budget(budgetId),
    bucket: (bucketId) => buckets.get(bucketId) ?? rows.bucket(bucketId),
    windows(budgetId, fromMs, toMs) {
      const stored = rows.windows(budgetId, fromMs, toMs).filter((one) => !buckets.has(one.bucketId));
      const changed = [...buckets.values()].filter(
        (one): one is WindowBucket =>
          one.type === "window" && one.budgetId === budgetId && one.startMs >= fromMs && one.startMs < toMs,
      );
      return [...stored, ...changed];
    },
    // A command charges a budget's top-ups once: it never needs to see its own change of them.
    topUps: (budgetId, atMs) => rows.topUps(budgetId, atMs),
    lease: (leaseId) => leases.get(leaseId) ?? rows.lease(leaseId),
    putUse: (use) => void uses.set(use.scopeId, use),
    putBudget: (budget) => void budgets.set(budget.budgetId, budget),
    putBucket: (bucket) => void buckets.set(bucket.bucketId, bucket),
    putLease: (lease) => void leases.set(lease.leaseId, lease),
    tell: (event) => void events.push(event),
    close: (outcome) => ({
      outcome,
      changes: {
        clock,
        uses: [...uses.values()],
        budgets: [...budgets.values()],
        buckets: [...buckets.values()],
        leases: [...leases.values()],
      },
      events,
    }),
  };
}
