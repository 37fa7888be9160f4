import { describe, expect, test } from "vitest";
import { addTopUp, budgetFault, scopeFault } from "../../src/ledger/budgets.ts";
import { LARGEST_NANODOLLARS } from "../../src/ledger/money.ts";
import { roomOf } from "../../src/ledger/room.ts";
import type { Budget, Scope } from "../../src/ledger/rows.ts";
import { unlimited } from "./model.ts";
import { createStage, exactly, NOON } from "./stage.ts";

const DAY_MS = 86_400_000;
const DAY = { type: "calendar", unit: "day", timeZone: "UTC" } as const;

type Stage = ReturnType<typeof createStage>;

function topUp(
  stage: Stage,
  topUpId: string,
  nanodollars: number,
  expiresAtMs: number | null = null,
  budgetId = "budget",
) {
  return stage.write(addTopUp(stage.rows, { topUpId, budgetId, nanodollars, expiresAtMs }, stage.now()));
}

function room(stage: Stage) {
  const budget = stage.rows.budget("budget");
  if (budget === null) throw new Error("The stage has no budget.");
  return roomOf(stage.rows, budget, stage.now());
}

describe("a budget", () => {
  test("that is lowered below what is promised ends no lease and admits none", () => {
    const stage = createStage({ budgets: [{}] });
    stage.granted({ leaseId: "a", nanodollars: exactly(70) });
    stage.setBudget({ nanodollars: 50 });
    expect(room(stage)).toMatchObject({ posted: 0, reserved: 70, inWindow: -20, free: 0, freeAtBest: 50 });
    expect(stage.lease({ leaseId: "b", nanodollars: exactly(1) })).toMatchObject({ error: { type: "busy" } });
    stage.settle(45, "a");
    expect(room(stage)).toMatchObject({ posted: 45, reserved: 0, free: 5, freeAtBest: 5 });
    stage.setBudget({ nanodollars: 30 });
    expect(room(stage)).toMatchObject({ free: 0, freeAtBest: 0 });
  });

  test("that is raised admits more at once", () => {
    const stage = createStage({ budgets: [{}] });
    stage.granted({ leaseId: "a", nanodollars: exactly(100) });
    stage.setBudget({ nanodollars: 130 });
    expect(stage.granted({ leaseId: "b", nanodollars: { wanted: 99, minimum: 0 } }).nanodollars).toBe(30);
  });

  test("keeps its period and its scope: what was spent could not be counted in another", () => {
    const stage = createStage({
      budgets: [{}, { budgetId: "rolling", period: { type: "rolling", lengthMs: 60_000 } }],
    });
    const fixed = (param: string, budgetId = "budget") => ({
      ok: false,
      error: { type: "budget-fixed", budgetId, param },
    });
    expect(stage.setBudget({ scopeId: "key" })).toEqual(fixed("scopeId"));
    for (const period of [
      { ...DAY, unit: "week" },
      { ...DAY, timeZone: "Asia/Tokyo" },
      { type: "lifetime" },
      { type: "rolling", lengthMs: 1 },
    ] as const) {
      expect(stage.setBudget({ period })).toEqual(fixed("period"));
    }
    expect(stage.setBudget({ period: DAY, nanodollars: 7 }).ok).toBe(true);
    expect(stage.setBudget({ budgetId: "rolling", period: { type: "rolling", lengthMs: 60_001 } })).toEqual(
      fixed("period", "rolling"),
    );
    expect(stage.setBudget({ budgetId: "rolling", period: DAY })).toEqual(fixed("period", "rolling"));
    expect(stage.setBudget({ budgetId: "rolling", period: { type: "rolling", lengthMs: 60_000 } }).ok).toBe(true);
    stage.setBudget({ budgetId: "ever", period: { type: "lifetime" } });
    expect(stage.setBudget({ budgetId: "ever", period: { type: "lifetime" }, nanodollars: 8 }).ok).toBe(true);
    expect(stage.setBudget({ budgetId: "ever", period: DAY })).toEqual(fixed("period", "ever"));
  });

  test("of a rolling day has back in the evening what was spent the evening before, and no sooner", () => {
    const stage = createStage({ budgets: [{ period: { type: "rolling", lengthMs: DAY_MS } }] });
    stage.granted({ leaseId: "a", nanodollars: exactly(60) });
    stage.settle(60, "a");
    stage.wait(DAY_MS);
    expect(stage.lease({ leaseId: "b", nanodollars: exactly(41) })).toMatchObject({
      error: { type: "too-large", most: 40 },
    });
    stage.wait(DAY_MS / 60);
    expect(stage.lease({ leaseId: "b", nanodollars: exactly(100) }).ok).toBe(true);
  });

  test("whose clock jumped ahead and came back finds what was spent, in both windows (I22)", () => {
    const stage = createStage({ budgets: [{}] });
    stage.granted({ leaseId: "a", nanodollars: exactly(60) });
    stage.settle(60, "a");
    stage.wait(DAY_MS);
    stage.granted({ leaseId: "b", nanodollars: exactly(70) });
    stage.wait(-DAY_MS);
    expect(stage.lease({ leaseId: "c", nanodollars: exactly(41) })).toMatchObject({ error: { most: 40 } });
    stage.wait(DAY_MS);
    expect(stage.lease({ leaseId: "c", nanodollars: exactly(31) })).toMatchObject({ error: { type: "busy" } });
    expect(stage.heard().filter((one) => one.type === "window-started")).toHaveLength(2);
  });
});

describe("a threshold", () => {
  const thresholdPercents = [50, 80, 100];
  const percents = (stage: Stage) =>
    stage.heard().flatMap((one) => (one.type === "threshold-reached" ? [one.percent] : []));

  test("is told of once in a window, when that much is spent and not when it is reserved", () => {
    const stage = createStage({ budgets: [{ thresholdPercents }] });
    stage.granted({ leaseId: "a", nanodollars: exactly(100) });
    expect(percents(stage)).toEqual([]);
    stage.settle(49, "a");
    expect(percents(stage)).toEqual([]);
    stage.granted({ leaseId: "b", nanodollars: exactly(51) });
    stage.renew({ leaseId: "b", spent: 1, wanted: 51 });
    expect(percents(stage)).toEqual([50]);
    stage.settle(51, "b");
    expect(percents(stage)).toEqual([80, 100]);
    stage.setBudget({ thresholdPercents });
    expect(percents(stage)).toEqual([]);
    stage.wait(DAY_MS);
    stage.granted({ leaseId: "c", nanodollars: exactly(50) });
    stage.settle(50, "c");
    expect(percents(stage)).toEqual([50]);
  });

  test("is told of when the budget is lowered to it, and not again when that is repeated", () => {
    const stage = createStage({ budgets: [{ thresholdPercents }] });
    stage.granted({ nanodollars: exactly(40) });
    stage.settle(40);
    expect(percents(stage)).toEqual([]);
    stage.setBudget({ nanodollars: 50, thresholdPercents });
    expect(percents(stage)).toEqual([50, 80]);
    stage.setBudget({ nanodollars: 100, thresholdPercents });
    stage.setBudget({ nanodollars: 50, thresholdPercents });
    expect(percents(stage)).toEqual([]);
  });

  test("of nothing is not reached by nothing", () => {
    const stage = createStage({ budgets: [{ nanodollars: 0, thresholdPercents }] });
    stage.granted({ nanodollars: exactly(0) });
    stage.settle(0);
    expect(percents(stage)).toEqual([]);
  });

  test("names its scope, budget, window and sum", () => {
    const stage = createStage({ budgets: [{ scopeId: "user", thresholdPercents }] });
    stage.granted({ nanodollars: exactly(60) });
    stage.heard();
    stage.settle(60);
    const windowStartMs = NOON - DAY_MS / 2;
    const names = { scopeId: "user", budgetId: "budget", windowStartMs };
    expect(stage.heard()).toEqual([{ type: "threshold-reached", ...names, percent: 50, posted: 60 }]);
  });

  test("of a rolling budget is told of once in that length of time, and windows that roll are not told of", () => {
    const stage = createStage({ budgets: [{ period: { type: "rolling", lengthMs: 60_000 }, thresholdPercents }] });
    for (const leaseId of ["a", "b", "c"]) {
      stage.granted({ leaseId, nanodollars: exactly(25) });
      stage.wait(10_000);
    }
    for (const leaseId of ["a", "b", "c"]) stage.settle(25, leaseId);
    expect(stage.heard()).toEqual([
      {
        type: "threshold-reached",
        scopeId: "tenant",
        budgetId: "budget",
        windowStartMs: NOON + 30_000,
        percent: 50,
        posted: 50,
      },
    ]);
    stage.wait(60_000);
    stage.granted({ leaseId: "d", nanodollars: exactly(55) });
    stage.settle(55, "d");
    expect(percents(stage)).toEqual([]);
    stage.wait(1000);
    stage.granted({ leaseId: "e", nanodollars: exactly(1) });
    stage.settle(1, "e");
    expect(percents(stage)).toEqual([50]);
  });
});

describe("a top-up", () => {
  test("is spent after the window's own money, and once", () => {
    const stage = createStage({ budgets: [{}] });
    expect(topUp(stage, "gift", 50).ok).toBe(true);
    stage.granted({ nanodollars: exactly(130) });
    expect(room(stage)).toMatchObject({ free: 20, freeAtBest: 150, reserved: 100 });
    stage.settle(120);
    expect(room(stage)).toMatchObject({ free: 30, freeAtBest: 30, posted: 100 });
    stage.wait(DAY_MS);
    expect(stage.granted({ leaseId: "b", nanodollars: { wanted: 500, minimum: 0 } }).nanodollars).toBe(130);
  });

  test("comes back before the window's money does", () => {
    const stage = createStage({ budgets: [{}] });
    topUp(stage, "gift", 50);
    stage.granted({ nanodollars: exactly(130) });
    stage.settle(90);
    expect(stage.rows.bucket("budget+gift")).toMatchObject({ posted: 0, reserved: 0 });
    expect(room(stage)).toMatchObject({ posted: 90, free: 60 });
  });

  test("that expires first is spent first, and none is admitted from an expired one", () => {
    const stage = createStage({ budgets: [{ nanodollars: 0 }] });
    topUp(stage, "never", 10);
    topUp(stage, "late", 20, NOON + 2000);
    topUp(stage, "soon", 30, NOON + 1000);
    stage.granted({ leaseId: "a", nanodollars: exactly(35) });
    stage.settle(35, "a");
    expect(stage.rows.bucket("budget+soon")?.posted).toBe(30);
    expect(stage.rows.bucket("budget+late")?.posted).toBe(5);
    stage.wait(2000);
    expect(room(stage).free).toBe(10);
  });

  test("whose expiry passes while it is spent from is spent all the same", () => {
    const stage = createStage({ budgets: [{ nanodollars: 0 }] });
    topUp(stage, "soon", 30, NOON + 1000);
    stage.granted({ nanodollars: exactly(30) });
    stage.wait(5000);
    stage.settle(25);
    expect(stage.rows.bucket("budget+soon")).toMatchObject({ posted: 25, reserved: 0 });
  });

  test("lets a renewal grow that has nothing left in the window", () => {
    const stage = createStage({ budgets: [{}] });
    stage.granted({ nanodollars: exactly(60) });
    topUp(stage, "gift", 30);
    stage.setBudget({ nanodollars: 40 });
    expect(stage.renew({ wanted: 500 })).toMatchObject({ value: { nanodollars: 90 } });
    expect(stage.rows.bucket("budget+gift")?.reserved).toBe(30);
    expect(stage.inWindow()).toEqual({ posted: 0, reserved: 60 });
  });

  test("counts towards no threshold", () => {
    const stage = createStage({ budgets: [{ nanodollars: 0, thresholdPercents: [50] }] });
    topUp(stage, "gift", 30);
    stage.granted({ nanodollars: exactly(30) });
    stage.heard();
    stage.settle(30);
    expect(stage.heard()).toEqual([]);
  });

  test("is added once, however often it is sent", () => {
    const stage = createStage({ budgets: [{}, { budgetId: "other", scopeId: "elsewhere" }] });
    const first = topUp(stage, "gift", 50, NOON + 5);
    stage.granted({ nanodollars: exactly(130) });
    expect(topUp(stage, "gift", 50, NOON + 5)).toMatchObject({ ok: true, value: { reserved: 30 } });
    expect(first).toMatchObject({ ok: true, value: { reserved: 0, posted: 0, nanodollars: 50 } });
    const taken = { ok: false, error: { type: "top-up-taken", topUpId: "gift" } };
    expect(topUp(stage, "gift", 51, NOON + 5)).toEqual(taken);
    expect(topUp(stage, "gift", 50)).toEqual(taken);
    expect(topUp(stage, "gift", 60, null, "other").ok).toBe(true);
  });

  test("is refused for an unknown budget, a wrong amount or a wrong expiry", () => {
    const stage = createStage({ budgets: [{}] });
    expect(topUp(stage, "gift", 50, null, "none")).toEqual({
      ok: false,
      error: { type: "budget-unknown", budgetId: "none" },
    });
    const invalid = (param: string, reason: string) => ({ ok: false, error: { type: "invalid", param, reason } });
    expect(topUp(stage, "gift", -1)).toEqual(invalid("nanodollars", "It is no amount of money."));
    expect(topUp(stage, "gift", 1, 0.5)).toEqual(invalid("expiresAtMs", "It must be an integer or null."));
  });
});

describe("a fault", () => {
  const budget: Budget = { budgetId: "b", scopeId: "s", period: DAY, nanodollars: 1, thresholdPercents: [] };
  const PERCENTS = "They must be at most 16 rising integers in 1..100.";
  const LENGTH = "It must be an integer in 1..31622400000.";

  test.each([
    [{ nanodollars: -1 }, "nanodollars", "It is no amount of money."],
    [{ thresholdPercents: [0] }, "thresholdPercents", PERCENTS],
    [{ thresholdPercents: [101] }, "thresholdPercents", PERCENTS],
    [{ thresholdPercents: [50, 50] }, "thresholdPercents", PERCENTS],
    [{ thresholdPercents: [1, 2.5] }, "thresholdPercents", PERCENTS],
    [{ thresholdPercents: Array.from({ length: 17 }, (_, index) => index + 1) }, "thresholdPercents", PERCENTS],
    [{ period: { ...DAY, timeZone: "Mars" } }, "period.timeZone", "It is no IANA time zone."],
    [{ period: { type: "rolling", lengthMs: 0 } }, "period.lengthMs", LENGTH],
    [{ period: { type: "rolling", lengthMs: 1.5 } }, "period.lengthMs", LENGTH],
    [{ period: { type: "rolling", lengthMs: 31_622_400_001 } }, "period.lengthMs", LENGTH],
  ] as const)("of a budget is named: %j", (overrides, param, reason) => {
    const faulty = { ...budget, ...overrides };
    expect(budgetFault(faulty)).toEqual({ type: "invalid", param, reason });
    expect(createStage({}).setBudget(faulty)).toEqual({ ok: false, error: { type: "invalid", param, reason } });
  });

  test.each([
    { nanodollars: LARGEST_NANODOLLARS, thresholdPercents: [1, 100] },
    { thresholdPercents: Array.from({ length: 16 }, (_, index) => index + 1) },
    { period: { type: "rolling", lengthMs: 1 } },
    { period: { type: "rolling", lengthMs: 31_622_400_000 } },
    { period: { type: "lifetime" } },
  ] as const)("is not found where there is none: %j", (overrides) => {
    expect(budgetFault({ ...budget, ...overrides })).toBeNull();
  });

  const LIMITS: Partial<Scope> = {
    requestsPerMinute: 1_000_000_000,
    tokensPerMinute: 1_000_000_000,
    parallelSearches: 1_000_000,
    parallelCalls: 1_000_000,
    nanodollarsPerSearch: LARGEST_NANODOLLARS,
  };

  test("of a scope's limits is named, and limits of nothing are fine", () => {
    expect(scopeFault(unlimited("s"))).toBeNull();
    expect(scopeFault({ ...unlimited("s"), ...LIMITS })).toBeNull();
    for (const [param, most] of Object.entries(LIMITS)) {
      if (typeof most !== "number") throw new Error("A limit is a number.");
      const reason =
        param === "nanodollarsPerSearch" ? "It is no amount of money." : `It must be null or an integer in 0..${most}.`;
      expect(scopeFault({ ...unlimited("s"), [param]: 0 })).toBeNull();
      for (const value of [-1, 0.5, most + 1]) {
        expect(scopeFault({ ...unlimited("s"), [param]: value })).toEqual({ type: "invalid", param, reason });
      }
    }
  });
});
