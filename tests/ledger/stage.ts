import { setBudget } from "../../src/ledger/budgets.ts";
import type { Key } from "../../src/ledger/keys/key.ts";
import { type LeaseOutcome, type LeaseRequest, lease } from "../../src/ledger/lease.ts";
import type { Budget, Decision, Lease, LedgerEvent, Scope } from "../../src/ledger/rows.ts";
import { expire, renew, type SettleOutcome, settle, voidLease } from "../../src/ledger/settle.ts";
import { createMemoryRows, inWindow } from "./memory.ts";
import { key, unlimited } from "./model.ts";

export const NOON = Date.UTC(2026, 10, 22, 12);

/** A ledger with one key, a clock to turn, and every command in one word. */
export function createStage(parts: {
  readonly scopes?: readonly (Partial<Scope> & Pick<Scope, "scopeId">)[];
  readonly budgets?: readonly Partial<Budget>[];
  readonly key?: Partial<Key>;
}) {
  const rows = createMemoryRows();
  const events: LedgerEvent[] = [];
  let nowMs = NOON;
  const write = <Outcome>({ outcome, changes, events: more }: Decision<Outcome>): Outcome => {
    rows.write(changes);
    events.push(...more);
    return outcome;
  };
  rows.putKey(key("key", parts.key));
  for (const scope of parts.scopes ?? []) rows.putScope({ ...unlimited(scope.scopeId), ...scope });
  const set = (budget: Partial<Budget>) =>
    write(
      setBudget(
        rows,
        {
          budgetId: "budget",
          scopeId: "tenant",
          period: { type: "calendar", unit: "day", timeZone: "UTC" },
          nanodollars: 100,
          thresholdPercents: [],
          ...budget,
        },
        nowMs,
      ),
    );
  for (const budget of parts.budgets ?? []) set(budget);

  return {
    rows,
    write,
    setBudget: set,
    now: () => nowMs,
    /** Events since the last call. */
    heard: () => events.splice(0),
    wait(ms: number): void {
      nowMs += ms;
    },
    lease: (overrides: Partial<LeaseRequest> = {}): LeaseOutcome => write(lease(rows, request(overrides), nowMs)),
    /** For where a refusal would be a fault of the test. */
    granted(overrides: Partial<LeaseRequest> = {}): Lease {
      const outcome = write(lease(rows, request(overrides), nowMs));
      if (!outcome.ok) throw new Error(JSON.stringify(outcome.error));
      return outcome.value;
    },
    renew: (overrides: Partial<Parameters<typeof renew>[1]> = {}): SettleOutcome =>
      write(
        renew(
          rows,
          { leaseId: "lease", seq: 1, spent: 0, inFlight: 0, wanted: 10, tokens: 0, ttlMs: 10_000, ...overrides },
          nowMs,
        ),
      ),
    settle: (spent: number, leaseId = "lease", tokens = 0): SettleOutcome =>
      write(settle(rows, { leaseId, spent, tokens }, nowMs)),
    void: (leaseId = "lease"): SettleOutcome => write(voidLease(rows, leaseId, nowMs)),
    expire: (leaseId = "lease"): SettleOutcome => write(expire(rows, leaseId, nowMs)),
    inWindow: (budgetId = "budget", atMs = nowMs) => inWindow(rows, budgetId, atMs),
  };
}

export function exactly(wanted: number): LeaseRequest["nanodollars"] {
  return { wanted, minimum: wanted };
}

export function request(overrides: Partial<LeaseRequest> = {}): LeaseRequest {
  return {
    leaseId: "lease",
    keyId: "key",
    scopeIds: ["tenant", "project", "key", "user"],
    nanodollars: exactly(10),
    tokens: exactly(0),
    calls: exactly(1),
    ttlMs: 10_000,
    asks: {},
    spentBefore: null,
    ...overrides,
  };
}
