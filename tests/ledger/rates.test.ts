import { expect, test } from "vitest";
import { ratesOf } from "../../src/ledger/rates.ts";
import { createStage, exactly, request } from "./stage.ts";

const { scopeIds } = request();

test("a rate is told of the scope that has least left, with the time until all of it is free", () => {
  const scopes = [
    { scopeId: "tenant", requestsPerMinute: 60 },
    { scopeId: "user", requestsPerMinute: 2 },
    { scopeId: "project", requestsPerMinute: 100 },
  ];
  const stage = createStage({ scopes });
  expect(ratesOf(stage.rows, scopeIds, stage.now()).requests).toEqual({ limit: 2, remaining: 2, resetMs: 0 });
  stage.granted();
  expect(ratesOf(stage.rows, scopeIds, stage.now()).requests).toEqual({ limit: 2, remaining: 1, resetMs: 30_000 });
  expect(ratesOf(stage.rows, ["tenant"], stage.now()).requests).toEqual({ limit: 60, remaining: 59, resetMs: 1000 });
});

test("of two scopes with as much left the outer one is told", () => {
  const scopes = [
    { scopeId: "tenant", tokensPerMinute: 50 },
    { scopeId: "key", tokensPerMinute: 40 },
  ];
  const stage = createStage({ scopes });
  stage.granted({ scopeIds: ["tenant"], tokens: exactly(10) });
  const told = { limit: 50, remaining: 40, resetMs: 12_000 };
  expect(ratesOf(stage.rows, scopeIds, stage.now()).tokens).toEqual(told);
});

test("tokens and requests are told apart, and what has leaked is free again", () => {
  const stage = createStage({ scopes: [{ scopeId: "key", requestsPerMinute: 6, tokensPerMinute: 600 }] });
  stage.granted({ tokens: exactly(300) });
  stage.wait(10_000);
  expect(ratesOf(stage.rows, scopeIds, stage.now())).toEqual({
    requests: { limit: 6, remaining: 6, resetMs: 0 },
    tokens: { limit: 600, remaining: 400, resetMs: 20_000 },
  });
});

test("a rate that no scope limits is null, and one of nothing never comes back", () => {
  const none = createStage({ scopes: [{ scopeId: "tenant" }] });
  expect(ratesOf(none.rows, scopeIds, none.now())).toEqual({ requests: null, tokens: null });
  const closed = createStage({ scopes: [{ scopeId: "tenant", requestsPerMinute: 0 }] });
  expect(ratesOf(closed.rows, scopeIds, closed.now()).requests).toEqual({ limit: 0, remaining: 0, resetMs: 0 });
});

test("asking changes nothing", () => {
  const stage = createStage({ scopes: [{ scopeId: "tenant", requestsPerMinute: 60 }] });
  stage.granted();
  stage.rows.takeWrites();
  ratesOf(stage.rows, scopeIds, stage.now() + 5000);
  expect(stage.rows.takeWrites()).toBe(0);
});
