import { describe, expect, test } from "vitest";
import { addTopUp } from "../../src/ledger/budgets.ts";
import { dueAtElapsedMs, GRACE_MS } from "../../src/ledger/settle.ts";
import { unlimited } from "./model.ts";
import { createStage, exactly, NOON } from "./stage.ts";

const DAY_MS = 86_400_000;
const HALF_DAY_MS = DAY_MS / 2;

describe("a settlement", () => {
  test("posts the total and gives back the rest, in every scope", () => {
    const stage = createStage({
      scopes: [{ scopeId: "tenant", parallelCalls: 9 }],
      budgets: [{ budgetId: "a" }, { budgetId: "b", scopeId: "key" }],
    });
    stage.granted({ nanodollars: exactly(60), calls: exactly(7) });
    expect(stage.settle(25)).toMatchObject({ ok: true, value: { state: "settled", spent: 25 } });
    expect(stage.inWindow("a")).toEqual({ posted: 25, reserved: 0 });
    expect(stage.inWindow("b")).toEqual({ posted: 25, reserved: 0 });
    expect(stage.rows.use("tenant")).toMatchObject({ openSearches: 0, openCalls: 0 });
    expect(stage.heard()).toEqual([
      { type: "window-started", budgetId: "a", windowStartMs: NOON - HALF_DAY_MS },
      { type: "window-started", budgetId: "b", windowStartMs: NOON - HALF_DAY_MS },
    ]);
  });

  test("changes nothing the second time, and is refused with another total", () => {
    const stage = createStage({ budgets: [{}], scopes: [{ scopeId: "tenant", parallelSearches: 5 }] });
    stage.granted({ leaseId: "other" });
    stage.granted();
    const first = stage.settle(4);
    expect(stage.settle(4)).toEqual(first);
    expect(stage.settle(5)).toEqual({ ok: false, error: { type: "lease-ended", leaseId: "lease", state: "settled" } });
    expect(stage.void()).toEqual({ ok: false, error: { type: "lease-ended", leaseId: "lease", state: "settled" } });
    expect(stage.inWindow()).toEqual({ posted: 4, reserved: 10 });
    expect(stage.rows.use("tenant")?.openSearches).toBe(1);
  });

  test("lands in the window of admission, also when that is over (I18)", () => {
    const stage = createStage({ budgets: [{ thresholdPercents: [50] }] });
    stage.granted({ nanodollars: exactly(80) });
    stage.wait(HALF_DAY_MS + 5000);
    expect(stage.inWindow()).toEqual({ posted: 0, reserved: 0 });
    stage.settle(70);
    expect(stage.inWindow()).toEqual({ posted: 0, reserved: 0 });
    expect(stage.inWindow("budget", NOON)).toEqual({ posted: 70, reserved: 0 });
    expect(stage.heard()).toEqual([
      { type: "window-started", budgetId: "budget", windowStartMs: NOON - HALF_DAY_MS },
      {
        type: "threshold-reached",
        scopeId: "tenant",
        budgetId: "budget",
        windowStartMs: NOON - HALF_DAY_MS,
        percent: 50,
        posted: 70,
      },
    ]);
  });

  test("of more than was reserved is posted all the same, and told of", () => {
    const stage = createStage({ budgets: [{}] });
    stage.granted({ nanodollars: exactly(10) });
    stage.heard();
    expect(stage.settle(13)).toMatchObject({ ok: true, value: { spent: 13 } });
    expect(stage.inWindow()).toEqual({ posted: 13, reserved: 0 });
    expect(stage.heard()).toEqual([{ type: "lease-overspent", leaseId: "lease", nanodollars: 3 }]);
  });

  test("is refused for what is unknown, for less than was posted, and for no amounts", () => {
    const stage = createStage({ budgets: [{}] });
    expect(stage.settle(1)).toEqual({ ok: false, error: { type: "lease-unknown", leaseId: "lease" } });
    stage.granted({ nanodollars: exactly(10) });
    stage.renew({ spent: 6 });
    expect(stage.settle(5)).toEqual({ ok: false, error: { type: "spent-fell", leaseId: "lease", posted: 6 } });
    const invalid = (param: string, reason: string) => ({ ok: false, error: { type: "invalid", param, reason } });
    expect(stage.settle(-1)).toEqual(invalid("spent", "It is no amount of money."));
    for (const tokens of [-1, 0.5, 1_000_000_001]) {
      expect(stage.settle(7, "lease", tokens)).toEqual(invalid("tokens", "It must be an integer in 0..1000000000."));
    }
    expect(stage.settle(6, "lease", 1_000_000_000).ok).toBe(true);
  });

  test("of a budget that is gone is posted in the others", () => {
    const stage = createStage({ budgets: [{ budgetId: "a" }, { budgetId: "b" }] });
    stage.granted();
    stage.rows.deleteBudget("a");
    expect(stage.settle(4).ok).toBe(true);
    expect(stage.inWindow("b")).toEqual({ posted: 4, reserved: 0 });
    expect(stage.rows.allBuckets()).toHaveLength(1);
  });

  test("of a bucket that is gone is not posted in another window", () => {
    const stage = createStage({ budgets: [{}] });
    stage.granted();
    stage.rows.deleteBudget("budget");
    stage.wait(DAY_MS);
    stage.setBudget({});
    stage.settle(4);
    expect(stage.rows.allBuckets()).toEqual([]);
  });
});

describe("several places", () => {
  const thresholdPercents = [50];
  const told = (stage: ReturnType<typeof createStage>) =>
    stage.heard().flatMap((one) => (one.type === "threshold-reached" ? [[one.budgetId, one.windowStartMs]] : []));

  test("two budgets of one lease do not add up", () => {
    const stage = createStage({
      budgets: [
        { budgetId: "a", thresholdPercents },
        { budgetId: "b", thresholdPercents },
      ],
    });
    stage.granted({ nanodollars: exactly(40) });
    stage.settle(40);
    expect(told(stage)).toEqual([]);
  });

  test("two windows of one lease do not add up, whichever it was admitted in first", () => {
    for (const days of [1, -1]) {
      const stage = createStage({ budgets: [{ thresholdPercents }] });
      stage.granted({ nanodollars: exactly(30) });
      stage.wait(days * DAY_MS);
      stage.renew({ wanted: 70 });
      stage.settle(70);
      expect(stage.inWindow()).toEqual({ posted: 40, reserved: 0 });
      expect(told(stage)).toEqual([]);
    }
  });

  test("what a lease holds, shrinks by and overspends lies where it was admitted first", () => {
    const stage = createStage({ budgets: [{ nanodollars: 10 }] });
    for (const [topUpId, nanodollars] of [
      ["a", 20],
      ["b", 30],
      ["c", 5],
    ] as const) {
      const added = { topUpId, budgetId: "budget", nanodollars, expiresAtMs: NOON + DAY_MS + nanodollars };
      stage.write(addTopUp(stage.rows, added, stage.now()));
    }
    const lease = stage.granted({ nanodollars: exactly(30) });
    const hold = (bucketId: string, held: number) => ({ bucketId, budgetId: "budget", held, posted: 0 });
    // "c" expires first, then "a"; of "b" nothing is needed.
    const window = `budget@${NOON - HALF_DAY_MS}`;
    expect(lease.holds).toEqual([hold(window, 10), hold("budget+c", 5), hold("budget+a", 15)]);
    const reserved = () => ["c", "a", "b"].map((one) => stage.rows.bucket(`budget+${one}`)?.reserved);
    expect(reserved()).toEqual([5, 15, 0]);
    stage.renew({ seq: 1, wanted: 37 });
    expect(reserved()).toEqual([5, 20, 2]);
    stage.renew({ seq: 2, wanted: 17 });
    expect(reserved()).toEqual([5, 2, 0]);
    stage.settle(20);
    expect(stage.inWindow()).toEqual({ posted: 13, reserved: 0 });
    expect(["c", "a", "b"].map((one) => stage.rows.bucket(`budget+${one}`)?.posted)).toEqual([5, 2, 0]);
  });

  test("a scope that is given limits while a search runs counts the searches that begin after", () => {
    const stage = createStage({});
    stage.granted({ leaseId: "before", tokens: exactly(50) });
    stage.rows.putScope({ ...unlimited("tenant"), parallelSearches: 1, parallelCalls: 5, tokensPerMinute: 100 });
    stage.granted({ leaseId: "after", tokens: exactly(100) });
    stage.renew({ leaseId: "before", tokens: 500 });
    stage.settle(0, "before", 0);
    expect(stage.rows.use("tenant")).toMatchObject({ openSearches: 1, openCalls: 1, tokens: { level: 6_000_000 } });
    expect(stage.lease({ leaseId: "next" })).toMatchObject({ error: { limit: "parallel-searches" } });
    stage.settle(0, "after", 100);
    expect(stage.rows.use("tenant")).toMatchObject({ openSearches: 0, openCalls: 0 });
  });
});

test("a scope that is made anew while a search runs is not owed that search", () => {
  const stage = createStage({ scopes: [{ scopeId: "tenant" }] });
  stage.granted({ calls: exactly(3) });
  stage.rows.deleteScope("tenant");
  expect(stage.renew({ tokens: 5 }).ok).toBe(true);
  stage.rows.putScope({ ...unlimited("tenant"), parallelSearches: 1 });
  stage.settle(0);
  expect(stage.rows.use("tenant")).toMatchObject({ openSearches: 0, openCalls: 0 });
});

describe("voiding", () => {
  test("gives back everything, once", () => {
    const stage = createStage({ budgets: [{}], scopes: [{ scopeId: "tenant", parallelSearches: 5 }] });
    stage.granted();
    expect(stage.void()).toMatchObject({ ok: true, value: { state: "voided", spent: 0 } });
    expect(stage.void()).toMatchObject({ ok: true, value: { state: "voided" } });
    expect(stage.inWindow()).toEqual({ posted: 0, reserved: 0 });
    expect(stage.rows.use("tenant")?.openSearches).toBe(0);
    expect(stage.settle(0)).toMatchObject({ ok: false, error: { type: "lease-ended", state: "voided" } });
  });

  test("is refused where something was spent, and for what is unknown", () => {
    const stage = createStage({ budgets: [{}] });
    stage.granted();
    stage.renew({ spent: 1 });
    expect(stage.void()).toEqual({ ok: false, error: { type: "spent-fell", leaseId: "lease", posted: 1 } });
    expect(stage.void("other")).toEqual({ ok: false, error: { type: "lease-unknown", leaseId: "other" } });
  });
});

describe("a lease that has run out", () => {
  const overMs = 10_000 + GRACE_MS;

  test("is left alone until its grace is over, then posted in full and told of (I3)", () => {
    const stage = createStage({ budgets: [{}], scopes: [{ scopeId: "tenant", parallelSearches: 5 }] });
    const lease = stage.granted({ nanodollars: exactly(40) });
    stage.renew({ spent: 15, wanted: 40 });
    stage.heard();
    expect(dueAtElapsedMs(lease)).toBe(overMs);
    stage.wait(overMs - 1);
    expect(stage.expire()).toMatchObject({ ok: true, value: { state: "open" } });
    stage.wait(1);
    expect(stage.expire()).toMatchObject({ ok: true, value: { state: "uncertain", spent: 40 } });
    expect(stage.inWindow()).toEqual({ posted: 40, reserved: 0 });
    expect(stage.rows.use("tenant")?.openSearches).toBe(0);
    expect(stage.heard()).toEqual([{ type: "lease-uncertain", leaseId: "lease", unknownNanodollars: 25 }]);
    expect(stage.expire()).toMatchObject({ ok: true, value: { state: "uncertain", spent: 40 } });
    expect(stage.heard()).toEqual([]);
    expect(stage.expire("other")).toEqual({ ok: false, error: { type: "lease-unknown", leaseId: "other" } });
  });

  test("may still be settled at what it cost, or voided, and holds no search then either", () => {
    const stage = createStage({ budgets: [{}], scopes: [{ scopeId: "tenant", parallelSearches: 5 }] });
    for (const leaseId of ["a", "b"]) stage.granted({ leaseId, nanodollars: exactly(40) });
    stage.wait(overMs);
    for (const leaseId of ["a", "b"]) stage.expire(leaseId);
    stage.granted({ leaseId: "c", nanodollars: exactly(20) });
    expect(stage.settle(5, "a")).toMatchObject({ ok: true, value: { state: "settled", spent: 5 } });
    expect(stage.void("b")).toMatchObject({ ok: true, value: { state: "voided", spent: 0 } });
    expect(stage.inWindow()).toEqual({ posted: 5, reserved: 20 });
    expect(stage.rows.use("tenant")?.openSearches).toBe(1);
  });

  test("may be renewed in its grace, and not after it", () => {
    const stage = createStage({ budgets: [{}] });
    stage.granted();
    stage.wait(overMs - 1);
    expect(stage.renew()).toMatchObject({ ok: true, value: { expiresAtElapsedMs: overMs - 1 + 10_000 } });
    stage.wait(overMs);
    stage.expire();
    expect(stage.renew({ seq: 2 })).toEqual({
      ok: false,
      error: { type: "lease-ended", leaseId: "lease", state: "uncertain" },
    });
  });

  test("that was overspent is posted at what is known, with nothing unknown", () => {
    const stage = createStage({ budgets: [{}] });
    stage.granted({ nanodollars: exactly(10) });
    stage.renew({ spent: 12, wanted: 10 });
    stage.wait(overMs);
    stage.heard();
    expect(stage.expire()).toMatchObject({ ok: true, value: { spent: 12 } });
    expect(stage.heard()).toEqual([{ type: "lease-uncertain", leaseId: "lease", unknownNanodollars: 0 }]);
  });

  test("has not run out because the clock was set back, nor later for it (I22)", () => {
    const stage = createStage({ budgets: [{}] });
    stage.granted();
    stage.wait(-3_600_000);
    expect(stage.expire()).toMatchObject({ ok: true, value: { state: "open", expiresAtElapsedMs: 10_000 } });
    stage.wait(overMs);
    expect(stage.expire()).toMatchObject({ ok: true, value: { state: "uncertain" } });
  });
});

describe("a renewal", () => {
  test("posts what was spent, keeps what is wanted reserved, and lengthens the lease's life", () => {
    const stage = createStage({ budgets: [{}] });
    stage.granted({ nanodollars: exactly(40) });
    stage.wait(8000);
    expect(stage.renew({ spent: 30, wanted: 70 })).toMatchObject({
      ok: true,
      value: { nanodollars: 70, spent: 30, seq: 1, expiresAtElapsedMs: 18_000, grantedAtElapsedMs: 0 },
    });
    expect(stage.inWindow()).toEqual({ posted: 30, reserved: 40 });
  });

  test("grows to what is free and shrinks to what is wanted, though not below what is in use", () => {
    const stage = createStage({ budgets: [{}] });
    stage.granted({ leaseId: "other", nanodollars: exactly(50) });
    stage.granted({ nanodollars: exactly(10) });
    expect(stage.renew({ seq: 1, wanted: 90 })).toMatchObject({ value: { nanodollars: 50 } });
    expect(stage.renew({ seq: 2, wanted: 20 })).toMatchObject({ value: { nanodollars: 20 } });
    expect(stage.renew({ seq: 3, spent: 5, inFlight: 9, wanted: 0 })).toMatchObject({ value: { nanodollars: 14 } });
    expect(stage.inWindow()).toEqual({ posted: 5, reserved: 59 });
  });

  test("shrinks to what is in use where a budget was lowered below what its leases hold", () => {
    const stage = createStage({ budgets: [{}] });
    stage.granted({ leaseId: "other", nanodollars: exactly(50) });
    stage.granted({ nanodollars: exactly(40) });
    stage.setBudget({ nanodollars: 60 });
    expect(stage.renew({ seq: 1, spent: 4, inFlight: 2, wanted: 40 })).toMatchObject({ value: { nanodollars: 10 } });
    stage.setBudget({ nanodollars: 5 });
    expect(stage.renew({ seq: 2, spent: 4, inFlight: 2, wanted: 40 })).toMatchObject({ value: { nanodollars: 6 } });
    expect(stage.renew({ seq: 3, spent: 4, inFlight: 90, wanted: 40 })).toMatchObject({ value: { nanodollars: 6 } });
  });

  test("grows in today's window, and what was admitted yesterday stays there (I18)", () => {
    const stage = createStage({ budgets: [{}] });
    stage.granted({ nanodollars: exactly(60) });
    stage.wait(HALF_DAY_MS);
    stage.renew({ wanted: 100, spent: 70 });
    expect(stage.inWindow("budget", NOON)).toEqual({ posted: 60, reserved: 0 });
    expect(stage.inWindow()).toEqual({ posted: 10, reserved: 30 });
    stage.settle(75);
    expect(stage.inWindow("budget", NOON)).toEqual({ posted: 60, reserved: 0 });
    expect(stage.inWindow()).toEqual({ posted: 15, reserved: 0 });
  });

  test("is bound by what one search may cost, and by the budgets that the lease was admitted under", () => {
    const stage = createStage({ scopes: [{ scopeId: "key", nanodollarsPerSearch: 50 }], budgets: [{}] });
    stage.granted({ nanodollars: exactly(10), spentBefore: 15 });
    stage.setBudget({ budgetId: "later", nanodollars: 1 });
    expect(stage.renew({ wanted: 90 })).toMatchObject({ value: { nanodollars: 35 } });
    expect(stage.inWindow("later")).toEqual({ posted: 0, reserved: 0 });
  });

  test("gives a test key no money", () => {
    const stage = createStage({ key: { kind: "test" } });
    stage.granted({ nanodollars: exactly(0) });
    expect(stage.renew({ wanted: 10 })).toMatchObject({ value: { nanodollars: 0 } });
  });

  test("is not bound by a budget that is gone", () => {
    const stage = createStage({ budgets: [{}] });
    stage.granted();
    stage.rows.deleteBudget("budget");
    expect(stage.renew({ wanted: 500 })).toMatchObject({ value: { nanodollars: 500 } });
  });

  test("without any budget never passes the largest amount", () => {
    const stage = createStage({});
    stage.granted();
    expect(stage.renew({ wanted: 9e15 })).toMatchObject({ value: { nanodollars: 9e15 } });
  });

  test("that comes twice, or after a later one, changes nothing", () => {
    const stage = createStage({ budgets: [{}] });
    stage.granted();
    const second = stage.renew({ seq: 2, wanted: 30, spent: 3 });
    stage.wait(2000);
    expect(stage.renew({ seq: 2, wanted: 30, spent: 3 })).toEqual(second);
    expect(stage.renew({ seq: 1, wanted: 20, spent: 1 })).toEqual(second);
    expect(stage.inWindow()).toEqual({ posted: 3, reserved: 27 });
  });

  test("is refused to a key that is not live, whose search then ends with its lease (I11)", () => {
    const stage = createStage({ budgets: [{}] });
    const lease = stage.granted();
    const key = stage.rows.key("key");
    if (key !== null) stage.rows.putKey({ ...key, revokedAtMs: NOON });
    stage.wait(1000);
    expect(stage.renew()).toEqual({ ok: false, error: { type: "key-not-live", status: "revoked" } });
    expect(stage.rows.lease("lease")).toEqual(lease);
    stage.rows.deleteKey("key");
    expect(stage.renew()).toEqual({ ok: false, error: { type: "key-not-live", status: "unknown" } });
    expect(stage.settle(3).ok).toBe(true);
    expect(stage.renew()).toMatchObject({ error: { type: "lease-ended", state: "settled" } });
  });

  test("adds as many tokens as are free in every scope, and a settlement gives back what was not used of all", () => {
    const stage = createStage({
      scopes: [
        { scopeId: "tenant", tokensPerMinute: 1000 },
        { scopeId: "project" },
        { scopeId: "key", tokensPerMinute: 700 },
      ],
    });
    stage.granted({ tokens: exactly(200) });
    expect(stage.renew({ tokens: 900 })).toMatchObject({ value: { tokens: 700 } });
    stage.settle(0, "lease", 150);
    expect(stage.granted({ leaseId: "b", tokens: { wanted: 1000, minimum: 0 } }).tokens).toBe(550);
  });

  test("keeps its search and its calls", () => {
    const stage = createStage({
      scopes: [{ scopeId: "tenant", parallelSearches: 2, requestsPerMinute: 2, tokensPerMinute: 9 }],
    });
    stage.granted({ calls: exactly(3) });
    stage.renew({ tokens: 5 });
    expect(stage.rows.use("tenant")).toMatchObject({ openSearches: 1, openCalls: 3 });
    expect(stage.lease({ leaseId: "b" }).ok).toBe(true);
  });

  test("is refused for what is unknown, for a total that fell, and for a fault in any field", () => {
    const stage = createStage({ budgets: [{}] });
    expect(stage.renew()).toEqual({ ok: false, error: { type: "lease-unknown", leaseId: "lease" } });
    stage.granted();
    stage.renew({ seq: 1, spent: 4 });
    expect(stage.renew({ seq: 2, spent: 3 })).toEqual({
      ok: false,
      error: { type: "spent-fell", leaseId: "lease", posted: 4 },
    });
    const faults = [
      ["seq", 0, "It must be an integer of 1 or more."],
      ["seq", 1.5, "It must be an integer of 1 or more."],
      ["spent", -1, "It is no amount of money."],
      ["inFlight", -1, "It is no amount of money."],
      ["wanted", 0.5, "It is no amount of money."],
      ["tokens", -1, "It must be an integer in 0..1000000000."],
      ["ttlMs", 0, "It must be an integer in 1..3600000."],
    ] as const;
    for (const [param, value, reason] of faults) {
      expect(stage.renew({ seq: 3, [param]: value })).toEqual({ ok: false, error: { type: "invalid", param, reason } });
    }
  });

  test("tells only of what is newly spent beyond the lease", () => {
    const stage = createStage({ budgets: [{}] });
    stage.granted({ nanodollars: exactly(10) });
    stage.heard();
    stage.renew({ seq: 1, spent: 12, wanted: 10 });
    stage.renew({ seq: 2, spent: 15, wanted: 10 });
    stage.settle(15);
    expect(stage.heard()).toEqual([
      { type: "lease-overspent", leaseId: "lease", nanodollars: 2 },
      { type: "lease-overspent", leaseId: "lease", nanodollars: 3 },
    ]);
  });
});
