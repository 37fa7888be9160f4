import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LARGEST_NANODOLLARS } from "../../src/ledger/money.ts";
import { createStage, exactly, NOON } from "./stage.ts";

describe("what is granted", () => {
  test("all of it where every scope has room, and it is reserved in each", () => {
    const stage = createStage({ budgets: [{ budgetId: "a" }, { budgetId: "b", scopeId: "user" }] });
    expect(stage.granted({ nanodollars: { wanted: 100, minimum: 0 } })).toMatchObject({
      nanodollars: 100,
      state: "open",
    });
    expect(stage.inWindow("a")).toEqual({ posted: 0, reserved: 100 });
    expect(stage.inWindow("b")).toEqual({ posted: 0, reserved: 100 });
  });

  test("what is free in the scope that has least, where that is enough", () => {
    const stage = createStage({ budgets: [{ budgetId: "a" }, { budgetId: "b", scopeId: "user", nanodollars: 30 }] });
    expect(stage.granted({ nanodollars: { wanted: 50, minimum: 30 } }).nanodollars).toBe(30);
    expect(stage.inWindow("a").reserved).toBe(30);
  });

  test("what is wanted where nothing limits it, also in scopes that the ledger has no row of", () => {
    const { nanodollars, holds } = createStage({}).granted({ nanodollars: exactly(LARGEST_NANODOLLARS) });
    expect([nanodollars, holds]).toEqual([LARGEST_NANODOLLARS, []]);
  });

  test("the same lease again to the same question, reserved once", () => {
    const stage = createStage({ budgets: [{}], scopes: [{ scopeId: "tenant", parallelSearches: 1 }] });
    const first = stage.granted();
    stage.wait(5000);
    expect(stage.granted()).toEqual(first);
    expect(stage.inWindow().reserved).toBe(10);
    expect(stage.rows.use("tenant")?.openSearches).toBe(1);
  });

  test("a lease's life, measured in elapsed time", () => {
    const stage = createStage({ budgets: [{}] });
    stage.wait(3000);
    expect(stage.granted()).toMatchObject({ grantedAtElapsedMs: 3000, expiresAtElapsedMs: 13_000, seq: 0, spent: 0 });
  });

  test("fewer calls at once, where some are in flight", () => {
    const stage = createStage({ scopes: [{ scopeId: "project", parallelCalls: 10 }] });
    expect(stage.granted({ leaseId: "a", calls: { wanted: 8, minimum: 1 } }).calls).toBe(8);
    expect(stage.granted({ leaseId: "b", calls: { wanted: 8, minimum: 1 } }).calls).toBe(2);
    expect(stage.lease({ leaseId: "c", calls: { wanted: 8, minimum: 1 } })).toEqual({
      ok: false,
      error: { type: "busy", limit: "parallel-calls", scopeId: "project", budgetId: null, retryAfterMs: 1000 },
    });
    stage.settle(0, "a");
    expect(stage.granted({ leaseId: "c", calls: { wanted: 9, minimum: 1 } }).calls).toBe(8);
  });

  test("nothing but what is free of charge, under a test key", () => {
    const stage = createStage({ budgets: [{}], key: { kind: "test" } });
    expect(stage.granted({ nanodollars: { wanted: 10, minimum: 0 } }).nanodollars).toBe(0);
    expect(stage.lease({ leaseId: "b", nanodollars: { wanted: 10, minimum: 1 } })).toEqual({
      ok: false,
      error: { type: "too-large", limit: "test-key", scopeId: "key", budgetId: null, most: 0, resetsAtMs: null },
    });
  });
});

describe("what is refused", () => {
  const END_OF_DAY = Date.UTC(2026, 10, 23);
  const hit = { limit: "budget", scopeId: "tenant", budgetId: "budget" };

  test("for now, what would fit once others are done", () => {
    const stage = createStage({ budgets: [{}] });
    stage.granted({ leaseId: "a", nanodollars: exactly(95) });
    const refused = { ok: false, error: { type: "busy", ...hit, retryAfterMs: 1000 } };
    expect(stage.lease({ leaseId: "b", nanodollars: exactly(6) })).toEqual(refused);
    expect(stage.lease({ leaseId: "b", nanodollars: exactly(5) }).ok).toBe(true);
  });

  test("until the window ends, what no longer fits into what is left of it", () => {
    const stage = createStage({ budgets: [{}] });
    stage.granted({ leaseId: "a", nanodollars: exactly(95) });
    stage.settle(95, "a");
    const refused = { ok: false, error: { type: "too-large", ...hit, most: 5, resetsAtMs: END_OF_DAY } };
    expect(stage.lease({ leaseId: "b", nanodollars: exactly(6) })).toEqual(refused);
    expect(stage.lease({ leaseId: "b", nanodollars: exactly(100) })).toEqual(refused);
    stage.wait(END_OF_DAY - NOON);
    expect(stage.lease({ leaseId: "b", nanodollars: exactly(100) }).ok).toBe(true);
  });

  test("for good, what is more than the whole budget, or than a lifetime has left", () => {
    const stage = createStage({ budgets: [{}] });
    const refused = { ok: false, error: { type: "too-large", ...hit, most: 100, resetsAtMs: null } };
    expect(stage.lease({ nanodollars: exactly(101) })).toEqual(refused);
    const ever = createStage({ budgets: [{ period: { type: "lifetime" } }] });
    ever.granted({ leaseId: "a", nanodollars: exactly(60) });
    ever.settle(60, "a");
    expect(ever.lease({ nanodollars: exactly(41) })).toMatchObject({ error: { type: "too-large", resetsAtMs: null } });
  });

  test("by the outermost scope that is hit, and by what no patience helps before what only takes a while", () => {
    const stage = createStage({
      scopes: [{ scopeId: "tenant", parallelSearches: 1 }],
      budgets: [
        { budgetId: "p", scopeId: "project", nanodollars: 20 },
        { budgetId: "u", scopeId: "user", nanodollars: 20 },
      ],
    });
    stage.granted({ leaseId: "a", nanodollars: exactly(15) });
    expect(stage.lease({ leaseId: "b", nanodollars: exactly(10) })).toMatchObject({
      error: { type: "busy", limit: "parallel-searches", scopeId: "tenant" },
    });
    expect(stage.lease({ leaseId: "b", nanodollars: exactly(21) })).toMatchObject({
      error: { type: "too-large", limit: "budget", scopeId: "project", budgetId: "p", most: 20 },
    });
  });

  test("more searches at once than a scope allows, in whatever project they are", () => {
    const stage = createStage({ scopes: [{ scopeId: "tenant", parallelSearches: 1 }] });
    stage.granted({ leaseId: "a" });
    const refused = { type: "busy", limit: "parallel-searches", scopeId: "tenant", budgetId: null, retryAfterMs: 1000 };
    expect(stage.lease({ leaseId: "b", scopeIds: ["tenant", "other"] })).toEqual({ ok: false, error: refused });
    stage.void("a");
    expect(stage.lease({ leaseId: "b", scopeIds: ["tenant", "other"] }).ok).toBe(true);
  });

  test("by a limit of nothing, for good", () => {
    const limits = { parallelSearches: 0, requestsPerMinute: 0 };
    const stage = createStage({ scopes: [{ scopeId: "key", ...limits }] });
    expect(stage.lease()).toMatchObject({ error: { type: "too-large", limit: "requests-per-minute", most: 0 } });
    const calls = createStage({ scopes: [{ scopeId: "key", parallelCalls: 2 }] });
    expect(calls.lease({ calls: exactly(3) })).toMatchObject({ error: { type: "too-large", limit: "parallel-calls" } });
  });

  test("a search that wants more than one may cost, counting what it has spent under earlier leases", () => {
    const stage = createStage({ scopes: [{ scopeId: "key", nanodollarsPerSearch: 50 }] });
    const hit = { limit: "cost-per-search", scopeId: "key", budgetId: null };
    expect(stage.granted({ leaseId: "a", nanodollars: { wanted: 80, minimum: 0 } }).nanodollars).toBe(50);
    expect(stage.granted({ leaseId: "b", nanodollars: { wanted: 80, minimum: 0 }, spentBefore: 20 }).nanodollars).toBe(
      30,
    );
    expect(stage.lease({ leaseId: "c", nanodollars: exactly(1), spentBefore: 60 })).toEqual({
      ok: false,
      error: { type: "too-large", ...hit, most: 0, resetsAtMs: null },
    });
  });

  test("what a scope or the key does not allow, by name", () => {
    const stage = createStage({
      scopes: [
        { scopeId: "tenant", allowed: { models: ["small", "large"] } },
        { scopeId: "user", allowed: { methods: [] } },
      ],
      key: { allowed: { models: ["small"], origins: ["https://a.example"] } },
    });
    const refused = (list: string, value: string, scopeId: string) => ({
      ok: false,
      error: { type: "not-allowed", scopeId, list, value },
    });
    expect(stage.lease({ asks: { models: ["small", "huge"] } })).toEqual(refused("models", "huge", "tenant"));
    expect(stage.lease({ asks: { models: ["large"] } })).toEqual(refused("models", "large", "key"));
    expect(stage.lease({ asks: { methods: ["mcts"] } })).toEqual(refused("methods", "mcts", "user"));
    expect(stage.lease({ asks: { origins: ["https://b.example"] } })).toEqual(
      refused("origins", "https://b.example", "key"),
    );
    expect(stage.lease({ asks: { models: ["small"], verifiers: ["judge"], origins: ["https://a.example"] } }).ok).toBe(
      true,
    );
  });

  test("a key that is unknown, not live, or not for searching (I11, T9)", () => {
    expect(createStage({}).lease({ keyId: "other" })).toEqual({
      ok: false,
      error: { type: "key-not-live", status: "unknown" },
    });
    const status = (key: Parameters<typeof createStage>[0]["key"]) => createStage({ ...(key && { key }) }).lease();
    expect(status({ revokedAtMs: 0 })).toEqual({ ok: false, error: { type: "key-not-live", status: "revoked" } });
    expect(status({ expiresAtMs: NOON })).toEqual({ ok: false, error: { type: "key-not-live", status: "expired" } });
    expect(status({ expiresAtMs: NOON + 1 }).ok).toBe(true);
    expect(status({ kind: "management" })).toEqual({ ok: false, error: { type: "not-permitted" } });
    expect(status({ permissions: ["searches:read"] })).toEqual({ ok: false, error: { type: "not-permitted" } });
  });

  test("an id that another key or stack of scopes was granted", () => {
    const stage = createStage({});
    stage.granted();
    stage.rows.putKey({ ...stage.rows.key("key"), keyId: "other" } as never);
    const taken = { ok: false, error: { type: "lease-taken", leaseId: "lease" } };
    expect(stage.lease({ keyId: "other" })).toEqual(taken);
    expect(stage.lease({ scopeIds: ["tenant"] })).toEqual(taken);
  });

  test.each([
    ["leaseId", { leaseId: "" }, "It is empty."],
    ["scopeIds", { scopeIds: [] }, "1 to 8 are needed."],
    ["scopeIds", { scopeIds: [..."123456789"] }, "1 to 8 are needed."],
    ["scopeIds", { scopeIds: ["a", "b", "a"] }, "One is named twice."],
    ["ttlMs", { ttlMs: 0 }, "It must be an integer in 1..3600000."],
    ["ttlMs", { ttlMs: 3_600_001 }, "It must be an integer in 1..3600000."],
    ["ttlMs", { ttlMs: 1.5 }, "It must be an integer in 1..3600000."],
    ["spentBefore", { spentBefore: -1 }, "It is no amount of money."],
    ["nanodollars", { nanodollars: { wanted: 1, minimum: 2 } }, "They are no amounts of money."],
    ["nanodollars", { nanodollars: exactly(0.5) }, "They are no amounts of money."],
    ["nanodollars", { nanodollars: { wanted: 1, minimum: -1 } }, "They are no amounts of money."],
    [
      "tokens",
      { tokens: exactly(1_000_000_001) },
      "They must be integers in 0..1000000000, the minimum not above what is wanted.",
    ],
    [
      "tokens",
      { tokens: exactly(-1) },
      "They must be integers in 0..1000000000, the minimum not above what is wanted.",
    ],
    [
      "calls",
      { calls: exactly(1_000_001) },
      "They must be integers in 0..1000000, the minimum not above what is wanted.",
    ],
    ["calls", { calls: exactly(0.5) }, "They must be integers in 0..1000000, the minimum not above what is wanted."],
  ] as const)("a fault in %s: %j", (param, overrides, reason) => {
    expect(createStage({}).lease(overrides)).toEqual({ ok: false, error: { type: "invalid", param, reason } });
  });

  test.each([
    { scopeIds: [..."12345678"] },
    { ttlMs: 1 },
    { ttlMs: 3_600_000 },
    { tokens: exactly(1_000_000_000), calls: exactly(1_000_000) },
    { tokens: exactly(0), calls: exactly(0), nanodollars: exactly(0), spentBefore: 0 },
  ])("nothing is wrong with %j", (overrides) => {
    expect(createStage({}).lease(overrides).ok).toBe(true);
  });

  test("a refusal reserves nothing and uses up no rate", () => {
    const stage = createStage({
      budgets: [{}],
      scopes: [{ scopeId: "tenant", requestsPerMinute: 5, tokensPerMinute: 5 }],
    });
    expect(stage.lease({ nanodollars: exactly(101) }).ok).toBe(false);
    expect(stage.inWindow()).toEqual({ posted: 0, reserved: 0 });
    expect(stage.rows.use("tenant")).toBeNull();
  });
});

describe("rates", () => {
  test("requests beyond a minute's worth wait until one fits, to the millisecond", () => {
    const stage = createStage({ scopes: [{ scopeId: "key", requestsPerMinute: 2 }] });
    stage.granted({ leaseId: "a" });
    stage.wait(1000);
    stage.granted({ leaseId: "b" });
    const hit = { limit: "requests-per-minute", scopeId: "key", budgetId: null };
    expect(stage.lease({ leaseId: "c" })).toEqual({ ok: false, error: { type: "busy", ...hit, retryAfterMs: 29_000 } });
    stage.wait(28_999);
    expect(stage.lease({ leaseId: "c" }).ok).toBe(false);
    stage.wait(1);
    expect(stage.lease({ leaseId: "c" }).ok).toBe(true);
  });

  test("a search's further leases are no requests", () => {
    const stage = createStage({ scopes: [{ scopeId: "key", requestsPerMinute: 2 }] });
    stage.granted({ leaseId: "a" });
    expect(stage.lease({ leaseId: "b", spentBefore: 0 }).ok).toBe(true);
    expect(stage.lease({ leaseId: "c" }).ok).toBe(true);
    expect(stage.lease({ leaseId: "d", spentBefore: 5 }).ok).toBe(true);
    expect(stage.lease({ leaseId: "e" }).ok).toBe(false);
  });

  test("the first limit is named, and the longest wait told where several are hit", () => {
    const stage = createStage({
      scopes: [
        { scopeId: "tenant", requestsPerMinute: 60, parallelSearches: 1 },
        { scopeId: "key", requestsPerMinute: 1 },
      ],
    });
    stage.granted({ leaseId: "a" });
    expect(stage.lease({ leaseId: "b" })).toEqual({
      ok: false,
      error: { type: "busy", limit: "parallel-searches", scopeId: "tenant", budgetId: null, retryAfterMs: 60_000 },
    });
  });

  test("tokens shrink to what is free, and what was not used comes back", () => {
    const stage = createStage({ scopes: [{ scopeId: "tenant", tokensPerMinute: 1000 }] });
    expect(stage.granted({ leaseId: "a", tokens: exactly(900) }).tokens).toBe(900);
    expect(stage.granted({ leaseId: "b", tokens: { wanted: 900, minimum: 50 } }).tokens).toBe(100);
    const short = { leaseId: "c", tokens: exactly(500) };
    expect(stage.lease(short)).toMatchObject({
      error: { type: "busy", limit: "tokens-per-minute", retryAfterMs: 30_000 },
    });
    stage.settle(0, "a", 400);
    expect(stage.lease(short).ok).toBe(true);
    expect(stage.lease({ leaseId: "d", tokens: exactly(1001) })).toMatchObject({
      error: { type: "too-large", limit: "tokens-per-minute", most: 1000 },
    });
  });

  test("tokens used beyond the reservation are counted, and those of a void lease are not", () => {
    const stage = createStage({ scopes: [{ scopeId: "tenant", tokensPerMinute: 1000 }] });
    stage.granted({ leaseId: "a", tokens: exactly(100) });
    stage.settle(0, "a", 700);
    expect(stage.granted({ leaseId: "b", tokens: { wanted: 1000, minimum: 0 } }).tokens).toBe(300);
    stage.void("b");
    expect(stage.granted({ leaseId: "c", tokens: { wanted: 200, minimum: 0 } }).tokens).toBe(200);
    // Delivered again, it gives nothing back again.
    stage.void("b");
    expect(stage.granted({ leaseId: "d", tokens: { wanted: 1000, minimum: 0 } }).tokens).toBe(100);
  });

  test("a late correction gives back no more than has not leaked away, so that no burst passes the limit", () => {
    const stage = createStage({ scopes: [{ scopeId: "tenant", tokensPerMinute: 6000 }] });
    stage.granted({ leaseId: "a", tokens: exactly(6000) });
    stage.wait(30_000);
    stage.granted({ leaseId: "b", tokens: exactly(3000) });
    stage.settle(0, "a", 10);
    expect(stage.granted({ leaseId: "c", tokens: { wanted: 6000, minimum: 0 } }).tokens).toBe(3000);
  });

  test("a rate that is not limited is not metered, so that a limit set later starts afresh", () => {
    const stage = createStage({ scopes: [{ scopeId: "tenant" }] });
    stage.granted({ leaseId: "a", tokens: exactly(5000) });
    stage.settle(0, "a", 9000);
    stage.rows.putScope({ ...stage.rows.scope("tenant"), tokensPerMinute: 100, requestsPerMinute: 1 } as never);
    expect(stage.lease({ leaseId: "b", tokens: exactly(100) }).ok).toBe(true);
  });
});

test("of N searches at once as many are let in as the budget holds, and no more is ever spent (I2, I3)", () => {
  const anyCost = fc.integer({ min: 1, max: 1_000_000 });
  fc.assert(
    fc.property(
      fc.constantFrom(1, 8, 64, 512),
      anyCost,
      fc.nat(600),
      fc.array(fc.nat(100)),
      (searches, cost, holds, spent) => {
        const stage = createStage({ budgets: [{ nanodollars: cost * holds }] });
        const outcomes = Array.from({ length: searches }, (_, index) =>
          stage.lease({ leaseId: `lease-${index}`, nanodollars: exactly(cost) }),
        );
        expect(outcomes.filter((one) => one.ok)).toHaveLength(Math.min(searches, holds));
        let total = 0;
        for (let index = 0; index < Math.min(searches, holds); index++) {
          const one = Math.floor((cost * (spent[index % spent.length] ?? 100)) / 100);
          total += one;
          stage.settle(one, `lease-${index}`);
        }
        expect(stage.inWindow()).toEqual({ posted: total, reserved: 0 });
        expect(total).toBeLessThanOrEqual(cost * holds);
        // Whatever was not spent fits again, all of it.
        const rest = cost * holds - total;
        expect(stage.lease({ leaseId: "rest", nanodollars: exactly(rest) }).ok).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});

test("a lease, a renewal and a settlement write a handful of rows each, however many searches there are", () => {
  const scopeIds = ["tenant", "project", "key", "user"];
  const stage = createStage({
    scopes: scopeIds.map((scopeId) => ({ scopeId, parallelSearches: 1000 })),
    budgets: scopeIds.map((scopeId) => ({ budgetId: scopeId, scopeId, nanodollars: 100_000 })),
  });
  for (let index = 0; index < 200; index++) stage.granted({ leaseId: `other-${index}` });
  stage.rows.takeWrites();
  stage.granted();
  // The clock, the lease, and for each of four scopes its use and its budget's window.
  expect(stage.rows.takeWrites()).toBe(10);
  stage.renew({ wanted: 20 });
  expect(stage.rows.takeWrites()).toBe(6);
  stage.settle(5);
  expect(stage.rows.takeWrites()).toBe(10);
});
