import { describe, expect, test } from "vitest";
import { capOf, isBinding, isUnlimited } from "../../src/ledger/caps.ts";
import { leaseIdOf, searchIdOfLease } from "../../src/ledger/lease-id.ts";
import type { Scope } from "../../src/ledger/rows.ts";
import { createStage, exactly, request } from "./stage.ts";

const { scopeIds } = request();

test("the most that one search may spend is the lowest that any of its scopes says", () => {
  const scopes = [
    { scopeId: "tenant", nanodollarsPerSearch: 50 },
    { scopeId: "project", nanodollarsPerSearch: 20 },
    { scopeId: "key", nanodollarsPerSearch: 30 },
    { scopeId: "user" },
  ];
  const { rows } = createStage({ scopes });
  expect(capOf(rows, scopeIds)).toBe(20);
  expect(capOf(rows, ["tenant", "key"])).toBe(30);
  expect(capOf(rows, ["user", "elsewhere"])).toBeNull();
  expect(capOf(createStage({ scopes: [{ scopeId: "tenant", nanodollarsPerSearch: 0 }] }).rows, scopeIds)).toBe(0);
});

describe("a lease binds its search", () => {
  test("where it holds money of a budget", () => {
    const stage = createStage({ budgets: [{}] });
    expect(isBinding(stage.rows, stage.granted())).toBe(true);
  });

  test("where a scope caps what one search may spend", () => {
    const stage = createStage({ scopes: [{ scopeId: "user", nanodollarsPerSearch: 10 }] });
    expect(isBinding(stage.rows, stage.granted())).toBe(true);
  });

  test("where its key never costs money", () => {
    const stage = createStage({ key: { kind: "test" } });
    expect(isBinding(stage.rows, stage.granted({ nanodollars: exactly(0) }))).toBe(true);
  });

  test("and nowhere else: a rate is no matter of its amount", () => {
    const stage = createStage({ scopes: [{ scopeId: "user", requestsPerMinute: 10, parallelSearches: 2 }] });
    expect(isBinding(stage.rows, stage.granted())).toBe(false);
  });
});

describe("nothing is to be counted", () => {
  const LIMITS = [
    "requestsPerMinute",
    "tokensPerMinute",
    "parallelSearches",
    "parallelCalls",
    "nanodollarsPerSearch",
  ] as const satisfies readonly (keyof Scope)[];

  test("where no scope has a limit or a budget, whatever it allows", () => {
    const { rows } = createStage({ scopes: [{ scopeId: "tenant", allowed: { models: [] } }] });
    expect(isUnlimited(rows, "key", scopeIds)).toBe(true);
  });

  test.each(LIMITS)("but where one has %s, also of nothing", (limit) => {
    for (const scopeId of ["tenant", "user"]) {
      expect(isUnlimited(createStage({ scopes: [{ scopeId, [limit]: 0 }] }).rows, "key", scopeIds)).toBe(false);
    }
  });

  test("nor where one has a budget, or the key is a test's", () => {
    expect(isUnlimited(createStage({ budgets: [{ scopeId: "user" }] }).rows, "key", scopeIds)).toBe(false);
    expect(isUnlimited(createStage({ budgets: [{ scopeId: "user" }] }).rows, "key", ["tenant"])).toBe(true);
    expect(isUnlimited(createStage({ key: { kind: "test" } }).rows, "key", scopeIds)).toBe(false);
  });
});

test("a lease names its search", () => {
  expect(leaseIdOf("srch_1", "2")).toBe("srch_1/2");
  expect(searchIdOfLease(leaseIdOf("srch_1", "a/b"))).toBe("srch_1");
});
