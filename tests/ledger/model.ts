import fc from "fast-check";
import { expect } from "vitest";
import { addTopUp, setBudget } from "../../src/ledger/budgets.ts";
import type { Key } from "../../src/ledger/keys/key.ts";
import { type LeaseRequest, lease } from "../../src/ledger/lease.ts";
import { percentOf } from "../../src/ledger/money.ts";
import type { Budget, Decision, LedgerEvent, Scope } from "../../src/ledger/rows.ts";
import { expire, GRACE_MS, type Renewal, renew, type Settlement, settle, voidLease } from "../../src/ledger/settle.ts";
import { Auditor, placeAt } from "./auditor.ts";
import { createMemoryRows, inWindow, type MemoryRows } from "./memory.ts";

/** What the world does to a ledger, in any order. Numbers are taken modulo what there is to choose from. */
export type Action =
  | {
      readonly type: "lease";
      readonly stack: number;
      readonly wanted: number;
      readonly minimum: number;
      readonly calls: number;
      readonly ttlMs: number;
      readonly spentBefore: number | null;
    }
  | {
      readonly type: "renew";
      readonly lease: number;
      readonly spent: number;
      readonly inFlight: number;
      readonly wanted: number;
      readonly ttlMs: number;
      readonly seq: number;
    }
  | { readonly type: "settle"; readonly lease: number; readonly spent: number }
  | { readonly type: "void"; readonly lease: number }
  | { readonly type: "expire"; readonly lease: number }
  /** Milliseconds, negative too: somebody has set the clock. */
  | { readonly type: "time"; readonly ms: number }
  | { readonly type: "budget"; readonly budget: number; readonly nanodollars: number }
  | {
      readonly type: "top-up";
      readonly budget: number;
      readonly topUp: number;
      readonly nanodollars: number;
      readonly lifeMs: number | null;
    }
  | { readonly type: "key"; readonly key: number; readonly change: "disable" | "enable" | "revoke" | "rotate" }
  | {
      readonly type: "limits";
      readonly scope: number;
      readonly searches: number | null;
      readonly calls: number | null;
      readonly cap: number | null;
    }
  /** A message of the past, delivered again. */
  | { readonly type: "repeat"; readonly message: number };

type Message =
  | { readonly type: "lease"; readonly request: LeaseRequest }
  | { readonly type: "renew"; readonly renewal: Renewal }
  | { readonly type: "settle"; readonly settlement: Settlement }
  | { readonly type: "void"; readonly leaseId: string }
  | { readonly type: "expire"; readonly leaseId: string };

const DAY_MS = 86_400_000;
const STACKS = [
  ["tenant", "project-1", "key-1", "user-1"],
  ["tenant", "project-1", "key-2"],
  ["tenant", "project-2", "key-3"],
];
const SCOPE_IDS = [...new Set(STACKS.flat())];

const amount = fc.integer({ min: 0, max: 120 });
const moment = fc.oneof(
  fc.integer({ min: 0, max: 20_000 }),
  fc.integer({ min: 0, max: 200_000 }),
  fc.integer({ min: 0, max: 40 * DAY_MS }),
);
const LONGEST_LIFE_MS = 60_000;
const ttlMs = fc.integer({ min: 1, max: LONGEST_LIFE_MS });
const index = fc.nat({ max: 30 });

export const anyAction: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant("lease" as const),
      stack: index,
      wanted: amount,
      minimum: fc.oneof(fc.constant(0), amount),
      calls: fc.nat({ max: 4 }),
      ttlMs,
      spentBefore: fc.oneof(fc.constant(null), amount),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant("renew" as const),
      lease: index,
      spent: amount,
      inFlight: amount,
      wanted: amount,
      ttlMs,
      seq: fc.integer({ min: 1, max: 6 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constant("settle" as const), lease: index, spent: amount }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("void" as const), lease: index }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("expire" as const), lease: index }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant("time" as const), ms: moment }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("time" as const), ms: moment.map((ms) => -ms) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("budget" as const),
      budget: index,
      nanodollars: fc.integer({ min: 0, max: 400 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("top-up" as const),
      budget: index,
      topUp: fc.nat({ max: 3 }),
      nanodollars: amount,
      lifeMs: fc.oneof(fc.constant(null), moment),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("key" as const),
      key: index,
      change: fc.constantFrom(
        "disable" as const,
        "enable" as const,
        "enable" as const,
        "revoke" as const,
        "rotate" as const,
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("limits" as const),
      scope: index,
      searches: fc.oneof(fc.constant(null), fc.nat({ max: 4 })),
      calls: fc.oneof(fc.constant(null), fc.nat({ max: 8 })),
      cap: fc.oneof(fc.constant(null), amount),
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("repeat" as const), message: fc.nat({ max: 60 }) }) },
);

/** The budgets that a run begins with: every period, in places where the clocks change. */
export const anyBudgets: fc.Arbitrary<readonly Budget[]> = fc
  .record({
    timeZone: fc.constantFrom(
      "UTC",
      "Europe/Berlin",
      "America/Sao_Paulo",
      "Asia/Kolkata",
      "Pacific/Apia",
      "America/New_York",
    ),
    amounts: fc.array(fc.integer({ min: 20, max: 400 }), { minLength: 6, maxLength: 6 }),
    lengthMs: fc.integer({ min: 60, max: 3 * DAY_MS }),
  })
  .map(({ timeZone, amounts, lengthMs }) => {
    const periods: readonly (readonly [string, Budget["period"]])[] = [
      ["tenant", { type: "calendar", unit: "month", timeZone }],
      ["tenant", { type: "lifetime" }],
      ["project-1", { type: "rolling", lengthMs }],
      ["key-1", { type: "calendar", unit: "day", timeZone }],
      ["key-3", { type: "calendar", unit: "week", timeZone }],
      ["user-1", { type: "rolling", lengthMs: 60_000 }],
    ];
    return periods.map(([scopeId, period], place) => ({
      budgetId: `budget-${place}`,
      scopeId,
      period,
      nanodollars: (amounts[place] ?? 0) * (period.type === "lifetime" ? 4 : 1),
      thresholdPercents: [50, 80, 100],
    }));
  });

/** Carries one run out on the ledger and on the auditor, and compares them after every step. */
export class Run {
  readonly rows: MemoryRows = createMemoryRows();
  readonly auditor = new Auditor();
  readonly #messages: Message[] = [];
  readonly #told = new Set<string>();
  readonly #started = new Set<string>();
  #nowMs: number;
  /** Billed beyond every reservation: the X of I2. */
  excess = 0;

  constructor(budgets: readonly Budget[], startMs: number) {
    this.#nowMs = startMs;
    for (const scopeId of SCOPE_IDS) this.#setScope(unlimited(scopeId));
    for (const number of [1, 2, 3]) this.#setKey(key(`key-${number}`));
    for (const budget of budgets) this.#setBudget(budget);
  }

  act(action: Action): void {
    const leaseIds = [...this.auditor.leases.keys()];
    switch (action.type) {
      case "time":
        this.#nowMs = Math.max(0, this.#nowMs + action.ms);
        return;
      case "lease": {
        const scopeIds = STACKS[action.stack % STACKS.length] ?? [];
        const leaseId = `lease-${this.#messages.length}`;
        const { wanted, calls, spentBefore } = action;
        this.#send({
          type: "lease",
          request: {
            leaseId,
            keyId: scopeIds[2] ?? "",
            scopeIds,
            nanodollars: { wanted, minimum: Math.min(wanted, action.minimum) },
            tokens: { wanted: 0, minimum: 0 },
            calls: { wanted: calls, minimum: Math.min(calls, 1) },
            ttlMs: action.ttlMs,
            asks: {},
            spentBefore,
          },
        });
        return;
      }
      case "renew": {
        const leaseId = leaseIds[action.lease % leaseIds.length];
        if (leaseId === undefined) return;
        const { spent, inFlight, wanted, seq } = action;
        this.#send({
          type: "renew",
          renewal: { leaseId, seq, spent, inFlight, wanted, tokens: 0, ttlMs: action.ttlMs },
        });
        return;
      }
      case "settle": {
        const leaseId = leaseIds[action.lease % leaseIds.length];
        if (leaseId === undefined) return;
        this.#send({ type: "settle", settlement: { leaseId, spent: action.spent, tokens: 0 } });
        return;
      }
      case "void":
      case "expire": {
        const leaseId = leaseIds[action.lease % leaseIds.length];
        if (leaseId !== undefined) this.#send({ type: action.type, leaseId });
        return;
      }
      case "budget": {
        const budgets = this.rows.allBudgets();
        const budget = budgets[action.budget % budgets.length];
        if (budget !== undefined) this.#setBudget({ ...budget, nanodollars: action.nanodollars });
        return;
      }
      case "top-up": {
        const budgets = this.rows.allBudgets();
        const budget = budgets[action.budget % budgets.length];
        if (budget !== undefined) this.#topUp(budget.budgetId, action);
        return;
      }
      case "key":
        this.#changeKey(`key-${1 + (action.key % 3)}`, action.change);
        return;
      case "limits": {
        const scopeId = SCOPE_IDS[action.scope % SCOPE_IDS.length] ?? "";
        const { searches, calls, cap } = action;
        this.#setScope({
          ...unlimited(scopeId),
          parallelSearches: searches,
          parallelCalls: calls,
          nanodollarsPerSearch: cap,
        });
        return;
      }
      case "repeat": {
        const message = this.#messages[action.message % this.#messages.length];
        if (message !== undefined) this.#send(message);
      }
    }
  }

  /** Faults are over: within time to live and grace everything that was reserved is posted or back (I3). */
  drain(): void {
    // The ledger's alarm looks at the clock, and then again when time to live and grace are over.
    for (const passedMs of [0, LONGEST_LIFE_MS + GRACE_MS]) {
      this.#nowMs += passedMs;
      for (const leaseId of this.auditor.leases.keys()) this.#send({ type: "expire", leaseId });
    }
    for (const bucket of this.rows.allBuckets()) expect(bucket.reserved).toBe(0);
    for (const use of this.rows.allUses()) expect(use).toMatchObject({ openSearches: 0, openCalls: 0 });
    expect(this.rows.allLeases().filter((one) => one.state === "open")).toEqual([]);
  }

  #send(message: Message): void {
    this.#messages.push(message);
    this.auditor.read(this.#nowMs);
    switch (message.type) {
      case "lease":
        this.#lease(message.request);
        break;
      case "renew":
        this.#renew(message.renewal);
        break;
      case "settle":
        this.#settle(message.settlement);
        break;
      case "void":
        this.#void(message.leaseId);
        break;
      case "expire":
        this.#expire(message.leaseId);
        break;
    }
  }

  #lease(request: LeaseRequest): void {
    const known = this.auditor.leases.get(request.leaseId);
    const expected = this.auditor.expectLease(request);
    const outcome = this.#write(lease(this.rows, request, this.#nowMs));
    if (known !== undefined) {
      expect(outcome).toMatchObject({ ok: true, value: { leaseId: request.leaseId, nanodollars: known.nanodollars } });
    } else if (expected.type === "granted") {
      const { nanodollars, calls } = expected;
      expect(outcome).toMatchObject({ ok: true, value: { nanodollars, calls, state: "open", spent: 0 } });
      this.auditor.grant(request, nanodollars, calls);
    } else {
      const { type, limit } = expected;
      expect(outcome).toMatchObject({ ok: false, error: limit === null ? { type } : { type, limit } });
    }
    this.#compare();
  }

  #renew(renewal: Renewal): void {
    const known = this.auditor.leases.get(renewal.leaseId);
    const isNew =
      known !== undefined && known.state === "open" && renewal.seq > known.seq && renewal.spent >= known.spent;
    const isCarriedOut = isNew && this.auditor.liveKeys.has(known.keyId);
    const nanodollars = known && this.auditor.expectRenewal(known, renewal);
    const outcome = this.#write(renew(this.rows, renewal, this.#nowMs));
    if (isCarriedOut && nanodollars !== undefined) {
      this.excess += Math.max(0, renewal.spent - Math.max(nanodollars, known.spent));
      expect(outcome).toMatchObject({ ok: true, value: { nanodollars, spent: renewal.spent } });
      this.auditor.renew(known, renewal, nanodollars);
    } else if (known?.state === "open" && renewal.seq <= known.seq) {
      expect(outcome).toMatchObject({ ok: true, value: { nanodollars: known.nanodollars, spent: known.spent } });
    } else {
      expect(outcome.ok).toBe(false);
    }
    this.#compare();
  }

  #settle({ leaseId, spent, tokens }: Settlement): void {
    const known = this.auditor.leases.get(leaseId);
    const outcome = this.#write(settle(this.rows, { leaseId, spent, tokens }, this.#nowMs));
    if (known === undefined) throw new Error("The model only settles what it knows.");
    const isFirst = known.state === "uncertain" || (known.state === "open" && spent >= known.spent);
    if (isFirst) {
      this.excess += Math.max(0, spent - Math.max(known.nanodollars, known.spent));
      this.#end(leaseId, "settled", spent);
    }
    expect(outcome.ok).toBe(isFirst || (known.state === "settled" && known.spent === spent));
    this.#compare();
  }

  #void(leaseId: string): void {
    const known = this.auditor.leases.get(leaseId);
    const outcome = this.#write(voidLease(this.rows, leaseId, this.#nowMs));
    const isFirst = known?.state === "uncertain" || (known?.state === "open" && known.spent === 0);
    if (isFirst) this.#end(leaseId, "voided", 0);
    expect(outcome.ok).toBe(known?.state === "voided");
    this.#compare();
  }

  #expire(leaseId: string): void {
    const known = this.auditor.leases.get(leaseId);
    const isDue = known !== undefined && this.auditor.isDue(known);
    expect(this.#write(expire(this.rows, leaseId, this.#nowMs)).ok).toBe(true);
    if (isDue) this.#end(leaseId, "uncertain", Math.max(known.nanodollars, known.spent));
    this.#compare();
  }

  #end(leaseId: string, state: "settled" | "voided" | "uncertain", spent: number): void {
    const known = this.auditor.leases.get(leaseId);
    if (known === undefined) return;
    known.state = state;
    known.spent = spent;
  }

  #setBudget(budget: Budget): void {
    this.auditor.read(this.#nowMs);
    expect(this.#write(setBudget(this.rows, budget, this.#nowMs)).ok).toBe(true);
    this.auditor.budgets.set(budget.budgetId, budget);
    this.#expectTold(budget, this.#nowMs);
    this.#compare();
  }

  #topUp(budgetId: string, { topUp, nanodollars, lifeMs }: Extract<Action, { type: "top-up" }>): void {
    this.auditor.read(this.#nowMs);
    const topUpId = `top-up-${topUp}`;
    const place = `${budgetId}+${topUpId}`;
    const expiresAtMs = lifeMs === null ? null : this.#nowMs + lifeMs;
    const outcome = this.#write(addTopUp(this.rows, { topUpId, budgetId, nanodollars, expiresAtMs }, this.#nowMs));
    const known = this.auditor.topUps.find((one) => one.place === place);
    expect(outcome.ok).toBe(
      known === undefined || (known.nanodollars === nanodollars && known.expiresAtMs === expiresAtMs),
    );
    if (known === undefined) this.auditor.topUps.push({ place, budgetId, nanodollars, expiresAtMs });
    this.#compare();
  }

  #setScope(scope: Scope): void {
    this.rows.putScope(scope);
    this.auditor.scopes.set(scope.scopeId, scope);
  }

  #setKey(one: Key): void {
    this.rows.putKey(one);
    this.auditor.liveKeys.add(one.keyId);
  }

  #changeKey(keyId: string, change: "disable" | "enable" | "revoke" | "rotate"): void {
    const known = this.rows.key(keyId);
    if (known === null) return;
    const isEnded = known.revokedAtMs !== null || known.rotation !== null;
    if (change === "enable") this.rows.putKey({ ...known, isDisabled: false });
    if (change === "disable") this.rows.putKey({ ...known, isDisabled: true });
    if (change === "revoke") this.rows.putKey({ ...known, revokedAtMs: this.#nowMs });
    // Without grace: the old key ends at once, whatever the clock does afterwards.
    if (change === "rotate") this.rows.putKey({ ...known, rotation: { successorId: "", graceEndsAtMs: 0 } });
    if (change === "enable" && !isEnded) this.auditor.liveKeys.add(keyId);
    if (change !== "enable") this.auditor.liveKeys.delete(keyId);
  }

  /** Writes what a command changes, and looks at I1 and at its events on the way. */
  #write<Outcome>({ outcome, changes, events }: Decision<Outcome>): Outcome {
    const committed = () =>
      this.rows.allBudgets().map((budget) => {
        const { posted, reserved } = inWindow(this.rows, budget.budgetId, this.#nowMs);
        return { budget, sum: posted + reserved };
      });
    const before = committed();
    this.rows.write(changes);
    const excess = this.#excessOf(events);
    for (const [place, { budget, sum }] of committed().entries()) {
      // I1: it never grows past the budget. A budget may be lowered below what is promised already, not spent beyond.
      expect(sum).toBeLessThanOrEqual(Math.max(budget.nanodollars, before[place]?.sum ?? 0) + excess);
    }
    for (const bucket of this.rows.allBuckets()) {
      expect(bucket.posted).toBeGreaterThanOrEqual(0);
      expect(bucket.reserved).toBeGreaterThanOrEqual(0);
      if (bucket.type === "top-up") expect(bucket.posted + bucket.reserved).toBeLessThanOrEqual(bucket.nanodollars);
    }
    for (const event of events) this.#hear(event);
    for (const bucket of changes.buckets) {
      const budget = this.rows.budget(bucket.budgetId);
      if (bucket.type === "window" && budget !== null) this.#expectTold(budget, bucket.startMs);
    }
    return outcome;
  }

  #excessOf(events: readonly LedgerEvent[]): number {
    return events.reduce((sum, event) => sum + (event.type === "lease-overspent" ? event.nanodollars : 0), 0);
  }

  /** Each threshold and each start is told of once in a window (I18). */
  #hear(event: LedgerEvent): void {
    if (event.type === "window-started") {
      const name = `${event.budgetId} ${event.windowStartMs}`;
      expect(this.#started).not.toContain(name);
      this.#started.add(name);
    }
    if (event.type === "threshold-reached") {
      const name = `${event.budgetId} ${event.windowStartMs} ${event.percent}`;
      expect(this.#told).not.toContain(name);
      this.#told.add(name);
    }
  }

  #expectTold(budget: Budget, atMs: number): void {
    if (budget.period.type === "rolling") return;
    const { posted } = inWindow(this.rows, budget.budgetId, atMs);
    for (const percent of budget.thresholdPercents) {
      if (posted === 0 || posted < percentOf(budget.nanodollars, percent)) continue;
      const told = [...this.#told].some((name) => {
        const [budgetId, startMs, one] = name.split(" ");
        const isWindow = placeAt(budget.period, Number(startMs)) === placeAt(budget.period, atMs);
        // A higher one that was told of before the budget changed speaks for those below.
        return budgetId === budget.budgetId && isWindow && Number(one) >= percent;
      });
      expect(told).toBe(true);
    }
  }

  /** The ledger's sums are what all facts add up to, in every window and top-up, for every scope and lease. */
  #compare(): void {
    for (const bucket of this.rows.allBuckets()) {
      const budget = this.auditor.budgets.get(bucket.budgetId);
      if (budget === undefined) throw new Error("A bucket has no budget.");
      const place = bucket.type === "top-up" ? bucket.bucketId : placeAt(budget.period, bucket.startMs);
      const { posted, reserved } = this.auditor.inPlace(bucket.budgetId, place);
      expect({ place, posted: bucket.posted, reserved: bucket.reserved }).toEqual({ place, posted, reserved });
    }
    for (const one of this.rows.allLeases()) {
      const { nanodollars, spent, state, expiresAtElapsedMs } = this.auditor.leases.get(one.leaseId) ?? {};
      expect(one).toMatchObject({ nanodollars, spent, state, expiresAtElapsedMs });
      // A total is the same in every budget of the stack.
      for (const budgetId of new Set(one.holds.map((hold) => hold.budgetId))) {
        const own = one.holds.filter((hold) => hold.budgetId === budgetId);
        expect(own.reduce((sum, hold) => sum + hold.posted, 0)).toBe(one.spent);
      }
    }
    expect(this.rows.allLeases()).toHaveLength(this.auditor.leases.size);
    for (const use of this.rows.allUses()) {
      const open = this.auditor.openLeases(use.scopeId);
      expect(use.openSearches).toBe(open.length);
      expect(use.openCalls).toBe(open.reduce((sum, one) => sum + one.calls, 0));
    }
    expect(this.rows.clock()?.elapsedMs).toBe(this.auditor.elapsedMs());
  }
}

export function unlimited(scopeId: string): Scope {
  return {
    scopeId,
    requestsPerMinute: null,
    tokensPerMinute: null,
    parallelSearches: null,
    parallelCalls: null,
    nanodollarsPerSearch: null,
    allowed: {},
  };
}

export function key(keyId: string, overrides: Partial<Key> = {}): Key {
  return {
    keyId,
    kind: "inference",
    projectId: null,
    permissions: ["searches:create", "searches:read"],
    allowed: {},
    createdBy: null,
    isDisabled: false,
    expiresAtMs: null,
    revokedAtMs: null,
    rotation: null,
    ...overrides,
  };
}
