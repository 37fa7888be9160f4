import { expect, test } from "vitest";
import type { Facts, FactsStore } from "../../../durable-objects/search-tree/facts.ts";
import { createLeaseKeeper, type LeaseKeeperDeps } from "../../../durable-objects/search-tree/lease-keeper.ts";
import type { Books } from "../../../durable-objects/search-tree/lease-plan.ts";
import { licensedGate } from "../../../durable-objects/search-tree/licensed-gate.ts";
import { leaseToView, wishToRequest } from "../../../durable-objects/tenant/admission.ts";
import type { LeaseAnswer, LeaseWish } from "../../../durable-objects/tenant/protocol.ts";
import { NOTHING } from "../../../src/core/amounts.ts";
import { createCanceller } from "../../../src/core/cancellation.ts";
import type { Result } from "../../../src/core/result.ts";
import type { Key } from "../../../src/ledger/keys/key.ts";
import { lease } from "../../../src/ledger/lease.ts";
import type { Decision, Lease } from "../../../src/ledger/rows.ts";
import { type LeaseError, renew, settle } from "../../../src/ledger/settle.ts";
import { createGate } from "../../../src/providers/gate.ts";
import { createMemoryRows } from "../../ledger/memory.ts";
import { createVirtualTime } from "../../world/time.ts";

const TTL_MS = 10_000;

const WISH: LeaseWish = {
  leaseId: "srch_1/first",
  nanodollars: { wanted: 100_000, minimum: 10_000 },
  tokens: { wanted: 0, minimum: 0 },
  calls: { wanted: 4, minimum: 1 },
  asks: {},
  ttlMs: TTL_MS,
  spentBefore: null,
};

const KEY: Key = {
  keyId: "key_1",
  kind: "inference",
  projectId: null,
  permissions: ["searches:create"],
  allowed: {},
  createdBy: null,
  isDisabled: false,
  expiresAtMs: null,
  revokedAtMs: null,
  rotation: null,
};

/** A search's keeper over a real ledger, with `budget` nanodollars, in virtual time. */
function world(budget: number) {
  const time = createVirtualTime();
  const ledger = createMemoryRows();
  ledger.putKey(KEY);
  const startMs = time.now();
  const budgetRow = { budgetId: "b", scopeId: "tenant", nanodollars: budget, thresholdPercents: [] };
  const none = { uses: [], buckets: [], leases: [] };
  const clock = { wallMs: startMs, elapsedMs: 0 };
  ledger.write({ ...none, clock, budgets: [{ ...budgetRow, period: { type: "lifetime" } }] });
  let books: Books & { readonly end: null } = { spent: NOTHING, reserved: NOTHING, openSteps: new Map(), end: null };
  let facts = { lease: null, runs: 1 } as Partial<Facts> as Facts;
  const state = { isReachable: true, lost: 0, renewals: 0 };
  const store: FactsStore = {
    read: () => facts,
    change: (change) => {
      facts = { ...facts, ...change };
    },
  };
  const answerOf = ({ outcome, changes }: Decision<Result<Lease, LeaseError>>): LeaseAnswer => {
    ledger.write(changes);
    if (outcome.ok) return { ok: true, lease: leaseToView(ledger, outcome.value, changes.clock.elapsedMs) };
    return { ok: false, reason: outcome.error.type, message: "" };
  };
  const reach = <T>(command: () => T): Promise<T> =>
    state.isReachable ? Promise.resolve().then(command) : Promise.reject(new Error("the object is being moved"));
  const tenant: ReturnType<LeaseKeeperDeps["tenantOf"]> = {
    renew: (request) => {
      state.renewals++;
      return reach(() => answerOf(renew(ledger, { tokens: 0, ...request }, time.now())));
    },
    settle: (request) => reach(() => answerOf(settle(ledger, request, time.now()))),
    draw: () => Promise.reject(new Error("nobody draws here")),
  };
  const keeper = createLeaseKeeper({
    tenantOf: () => tenant,
    facts: store,
    clock: time,
    books: () => books,
    searchId: () => "srch_1",
    onLost: () => void state.lost++,
  });
  const granted = lease(ledger, wishToRequest(WISH, KEY), time.now());
  ledger.write(granted.changes);
  if (!granted.outcome.ok) throw new Error("refused");
  const view = leaseToView(ledger, granted.outcome.value, granted.changes.clock.elapsedMs);
  keeper.accept({ tenantCode: "t", keyId: "key_1", wish: WISH, view, expiresAtMs: time.now() + view.expiresInMs });
  return {
    time,
    ledger,
    keeper,
    state,
    spend: (microdollars: number) => {
      books = { ...books, spent: { ...NOTHING, microdollars } };
    },
    after: (delayMs: number) => time.run(new Promise<void>((resolve) => void time.schedule(delayMs, resolve))),
    leaseRow: () => ledger.lease(WISH.leaseId),
  };
}

test("renews in the middle of the lease's life, and tells what was spent", async () => {
  const { keeper, after, spend, leaseRow, state } = world(1_000_000);
  keeper.watch({});
  spend(30);
  await after(5500);
  expect(leaseRow()).toMatchObject({ state: "open", spent: 30_000 });
  await after(20_000);
  expect([state.renewals, keeper.isHeld()]).toEqual([5, true]);
});

test("I11: no call leaves after the lease's end while nobody answers, and they go on when somebody does", async () => {
  const { keeper, after, state, time } = world(1_000_000);
  keeper.watch({});
  state.isReachable = false;
  await after(9400);
  expect(keeper.isHeld()).toBe(true);
  await after(200);
  expect(keeper.isHeld()).toBe(false);
  const gate = licensedGate(createGate(), keeper);
  let leftAtMs: number | null = null;
  const call = gate.acquire(createCanceller().signal, "p").then(() => {
    leftAtMs = time.now();
  });
  await after(30_000);
  expect(leftAtMs).toBeNull();
  state.isReachable = true;
  const backAtMs = time.now();
  await time.run(call);
  expect((leftAtMs ?? 0) - backAtMs).toBeLessThanOrEqual(1000);
  expect(state.lost).toBe(0);
});

test("a call that waits for the lease is let go when it is cancelled", async () => {
  const { keeper, after, state, time } = world(1_000_000);
  state.isReachable = false;
  await after(TTL_MS);
  const canceller = createCanceller();
  const slot = licensedGate(createGate(), keeper).acquire(canceller.signal, "p");
  time.schedule(10, canceller.cancel);
  expect(await time.run(slot)).toBeNull();
});

test("a revoked key ends it at the next renewal", async () => {
  const { keeper, after, state, ledger, time } = world(1_000_000);
  keeper.watch({});
  ledger.putKey({ ...KEY, revokedAtMs: time.now() });
  await after(5500);
  expect(state.lost).toBe(1);
});

test("asks for twice as much each time, and not again for a second where that was too little", async () => {
  const { keeper, time, spend, after } = world(250_000);
  keeper.watch({});
  const limits = keeper.limits({});
  expect(limits.microdollars).toBe(100);
  spend(90);
  const answer = keeper.ask(50);
  expect(answer).not.toBeNull();
  await time.run(answer ?? Promise.resolve());
  // 90 spent and a piece of 200 would be 290: 250 is all there is.
  expect(limits.microdollars).toBe(250);
  spend(240);
  await time.run(keeper.ask(50) ?? Promise.resolve());
  expect(keeper.ask(50)).toBeNull();
  await after(1100);
  expect(keeper.ask(50)).not.toBeNull();
});

test("does not ask for what the search's own limit forbids", () => {
  const { keeper } = world(1_000_000);
  keeper.watch({ microdollars: 120 });
  expect(keeper.limits({ microdollars: 120 }).microdollars).toBe(100);
  expect(keeper.ask(130)).toBeNull();
});

test("settles once, at what was spent, and again when that did not arrive", async () => {
  const { keeper, spend, state, leaseRow } = world(1_000_000);
  spend(70);
  state.isReachable = false;
  await expect(keeper.settle()).rejects.toThrow("moved");
  expect(keeper.isSettled()).toBe(false);
  state.isReachable = true;
  await keeper.settle();
  await keeper.settle();
  expect(keeper.isSettled()).toBe(true);
  expect(leaseRow()).toMatchObject({ state: "settled", spent: 70_000 });
});
