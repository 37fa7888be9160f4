import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { MAX_FAILED_RUNS } from "../../durable-objects/search-tree/watchdog.ts";
import type { SearchEvent } from "../../src/core/event.ts";
import { listSearches, type SearchRow } from "../../src/db/searches.ts";
import { providersOf } from "../../src/env.ts";
import { createRecipe } from "../../src/recipe.ts";
import { SOLVED } from "../setup/scenarios.ts";
import { call, callsOf, GAME, MODEL, mintKey, question, until } from "./client.ts";

let key = "";
let foreignKey = "";
beforeAll(async () => {
  key = await mintKey("tenant_a");
  foreignKey = await mintKey("tenant_b");
});

interface SearchView {
  readonly id: string;
  readonly object: string;
  readonly state: string;
  readonly stop_reason: string | null;
  readonly answer: string | null;
  readonly usage: { readonly search: { readonly model_calls: number; readonly prompt_tokens: number } };
  readonly tree: readonly {
    id: string;
    parent_id: string | null;
    depth: number;
    is_terminal: boolean;
    in_flight: number;
  }[];
}

const SEARCH = { method: "best_of_n", budget: { max_rollouts: 64, max_parallel: 2 } };

/** Starts a search over a stream that nobody has to read. */
async function start(scenario: string, text?: string, search: object = SEARCH) {
  const { messages, tag } = question(scenario, text);
  const response = await call(key, "POST", "/v1/chat/completions", { model: MODEL, messages, search, stream: true });
  expect(response.status).toBe(200);
  const id = response.headers.get("x-search-id") ?? "";
  return { id, tag, response, stub: env.SEARCH_TREE.getByName(`tenant_a/${id}`) };
}

async function read(id: string, by = key): Promise<SearchView> {
  return (await call(by, "GET", `/v1/searches/${id}`)).json<SearchView>();
}

async function ended(id: string): Promise<SearchView> {
  await until(async () => (await read(id)).state !== "running");
  return read(id);
}

async function rowOf(id: string): Promise<SearchRow | null> {
  return (await listSearches(env.DB, "tenant_a", { limit: 100 })).find((row) => row.id === id) ?? null;
}

function eventsOf(text: string): SearchEvent[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as SearchEvent);
}

describe("a search as a resource", () => {
  test("shows its tree while it runs and after", async () => {
    const { id, response } = await start("late", GAME);
    const during = await read(id);
    expect(during).toMatchObject({ id, object: "search", state: "running", stop_reason: null, answer: null });
    expect(during.tree[0]).toMatchObject({ id: "0", parent_id: null, depth: 0 });
    await response.text();
    const after = await ended(id);
    expect(after).toMatchObject({ state: "completed", stop_reason: "early_stop", answer: SOLVED });
    expect(after.tree.filter((node) => node.is_terminal).length).toBeGreaterThan(1);
    expect(after.tree.every((node) => node.in_flight === 0)).toBe(true);
  });

  test("draws its tree, and dumps it as the same bytes each time", async () => {
    const { id, response } = await start("late", GAME);
    await response.text();
    const drawn = await call(key, "GET", `/v1/searches/${id}/tree`);
    expect(drawn.headers.get("content-type")).toContain("text/plain");
    const text = await drawn.text();
    expect(text).toMatch(/^0 n=\d+/);
    expect(text).toMatch(/★ \S+ n=1 q=1\.00 ✓ "Answer: /);
    const dump = async () => {
      const request = { headers: { authorization: `Bearer ${key}`, accept: "application/json" } };
      return (await exports.default.fetch(`https://espalier.test/v1/searches/${id}/tree`, request)).text();
    };
    expect(await dump()).toBe(await dump());
    expect(JSON.parse(await dump())).toMatchObject({ end: { reason: "early-stop", selectionScore: 1 } });
  });

  test("is unknown to another tenant, whatever is asked", async () => {
    const { id, response } = await start("hello");
    await response.text();
    for (const [method, path] of [
      ["GET", `/v1/searches/${id}`],
      ["GET", `/v1/searches/${id}/events`],
      ["GET", `/v1/searches/${id}/tree`],
      ["POST", `/v1/searches/${id}/cancel`],
      ["DELETE", `/v1/searches/${id}`],
    ] as const) {
      const foreign = await call(foreignKey, method, path);
      expect([foreign.status, await foreign.json()]).toMatchObject([404, { error: { code: "search_not_found" } }]);
    }
    expect((await call(key, "GET", "/v1/searches/srch_short")).status).toBe(404);
    expect((await call(key, "GET", `/v1/searches/srch_${"a".repeat(26)}`)).status).toBe(404);
  });

  test("asking after a search that was never started leaves no table behind", async () => {
    const id = `srch_${"b".repeat(26)}`;
    expect((await call(key, "GET", `/v1/searches/${id}`)).status).toBe(404);
    await runInDurableObject(env.SEARCH_TREE.getByName(`tenant_a/${id}`), (_instance, { storage }) => {
      expect(storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'log'").toArray()).toEqual([]);
    });
  });

  test("replays and follows its events in order, to the end, for as many viewers as there are", async () => {
    const { id, response } = await start("late", GAME);
    const [early, from3] = await Promise.all([
      call(key, "GET", `/v1/searches/${id}/events`),
      call(key, "GET", `/v1/searches/${id}/events?from=3`),
    ]);
    expect(early.headers.get("content-type")).toContain("application/x-ndjson");
    const events = eventsOf(await early.text());
    expect(events.map((event) => event.sequence)).toEqual(events.map((_event, index) => index));
    expect([events[0]?.type, events.at(-1)?.type]).toEqual(["search-start", "search-end"]);
    expect(eventsOf(await from3.text())).toEqual(events.slice(3));
    await response.text();
    const late = await call(key, "GET", `/v1/searches/${id}/events`);
    expect(eventsOf(await late.text())).toEqual(events);
    // From beyond the end there is nothing to wait for.
    const beyond = await call(key, "GET", `/v1/searches/${id}/events?from=${events.length + 5}`);
    expect([beyond.status, await beyond.text()]).toEqual([200, ""]);
  });

  test("a viewer that goes away does not end the search", async () => {
    const { id, response } = await start("late", GAME);
    await response.body?.cancel();
    const events = await call(key, "GET", `/v1/searches/${id}/events`);
    await events.body?.cancel();
    expect(await ended(id)).toMatchObject({ state: "completed", answer: SOLVED });
  });
});

describe("cancelling", () => {
  test("aborts the calls in flight, meters them, and tells the waiting client", async () => {
    const { id, tag, response } = await start("stall");
    await until(async () => (await callsOf(tag)).length > 0);
    const cancelled = await (await call(key, "POST", `/v1/searches/${id}/cancel`)).json<SearchView>();
    expect(cancelled).toMatchObject({ id, state: "cancelled", stop_reason: "cancelled", answer: null });
    expect(await response.text()).toContain('"code":"search_cancelled"');
    await until(async () => (await callsOf(tag)).every((one) => one.isAborted));
    expect(cancelled.usage.search.model_calls).toBe((await callsOf(tag)).length);
    expect(cancelled.usage.search.prompt_tokens).toBeGreaterThan(0);
    // Again: the same answer.
    expect(await (await call(key, "POST", `/v1/searches/${id}/cancel`)).json()).toEqual(cancelled);
  });

  test("serves the best so far where there is one", async () => {
    const search = { method: "best_of_n", verifier: "agreement", budget: { max_rollouts: 64, max_parallel: 2 } };
    const { id, response } = await start("one-then-stall", undefined, search);
    await until(async () => (await read(id)).tree.length > 1);
    await call(key, "POST", `/v1/searches/${id}/cancel`);
    const text = await response.text();
    expect(text).toContain("The first answer.");
    expect(text).toContain('"stop_reason":"cancelled"');
  });
});

describe("after a crash", () => {
  test("the watchdog's alarm takes the search up again, and the client still gets its answer", async () => {
    const { id, tag, stub, response } = await start("late", GAME);
    const text = response.text();
    await until(async () => (await callsOf(tag)).length >= 2);
    await abortAllDurableObjects();
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    const view = await ended(id);
    expect(view).toMatchObject({ state: "completed", answer: SOLVED });
    // What was answered before is not asked again: only steps that were in flight.
    const events = eventsOf(await (await call(key, "GET", `/v1/searches/${id}/events`)).text());
    expect(events.filter((event) => event.type === "search-start")).toHaveLength(1);
    const ends = events.filter((event) => event.type === "step-end").map((event) => event.stepId);
    expect(new Set(ends).size).toBe(ends.length);
    expect(events.some((event) => event.type === "step-fail" && event.willRetry)).toBe(true);
    expect(view.usage.search.model_calls).toBeGreaterThanOrEqual((await callsOf(tag)).length);
    expect(await text).toContain("(6 - 4)");
  });

  test("asking after the result takes it up again, too, and every answered step is kept", async () => {
    const { id, tag } = await start("slow", undefined, {
      ...SEARCH,
      verifier: "agreement",
      budget: { max_rollouts: 6, max_parallel: 2 },
    });
    await until(async () => (await read(id)).tree.length > 1);
    const before = (await read(id)).tree.map((node) => node.id);
    await abortAllDurableObjects();
    await call(key, "GET", `/v1/searches/${id}/events`).then((events) => events.text());
    const after = await read(id);
    expect(after.state).toBe("completed");
    expect(after.tree.map((node) => node.id)).toEqual(expect.arrayContaining(before));
    expect((await callsOf(tag)).length).toBeGreaterThan(0);
  });
});

describe("a search whose runs keep failing", () => {
  test("is given up with an end in its log, and whoever waits is told", async () => {
    const searchId = `srch_${"g".repeat(26)}`;
    const stub = env.SEARCH_TREE.getByName(`tenant_a/${searchId}`);
    const { messages, tag } = question("stall");
    const problem = { messages, forwarded: {}, reference: null };
    const sampling = { maxTokens: 8, temperature: undefined, topP: undefined, stop: [] };
    const recipe = createRecipe({ problem, model: MODEL, search: {}, sampling, seed: 1 }, providersOf(env));
    if (!recipe.ok) throw new Error(recipe.error.message);
    const input = {
      searchId,
      tenantId: "tenant_a",
      recipe: recipe.value,
      problemJson: new TextEncoder().encode(JSON.stringify(problem)),
      createdAtMs: Date.now(),
    };
    expect(await stub.start(input)).toEqual({ ok: true });
    expect(await stub.start(input)).toEqual({ ok: true });
    await until(async () => (await callsOf(tag)).length > 0);
    await abortAllDurableObjects();
    const again = env.SEARCH_TREE.getByName(`tenant_a/${searchId}`);
    await runInDurableObject(again, (_instance, { storage }) => {
      storage.kv.put("facts", { ...storage.kv.get<object>("facts"), failedRuns: MAX_FAILED_RUNS });
    });
    expect(await runDurableObjectAlarm(again)).toBe(true);
    expect(await again.result()).toMatchObject({ state: "failed", stopReason: "upstream-errors" });
    expect(await callsOf(tag)).toHaveLength(1);
    await until(async () => (await rowOf(searchId)) !== null);
    expect(await rowOf(searchId)).toMatchObject({ state: "failed", answer: null });
  });
});

describe("D1", () => {
  test("has an ended search once, with its candidates and every call", async () => {
    const { id, tag, stub, response } = await start("late", GAME);
    await response.text();
    await until(async () => (await rowOf(id)) !== null);
    expect(await rowOf(id)).toMatchObject({
      state: "completed",
      stopReason: "early-stop",
      answer: SOLVED,
      score: 1,
      method: "best-of-n",
      model: MODEL,
    });
    const count = async (table: string): Promise<number> =>
      (await env.DB.prepare(`SELECT count(*) AS n FROM ${table} WHERE search_id = ?`).bind(id).first<number>("n")) ?? 0;
    const view = await read(id);
    const counts = [view.tree.filter((node) => node.is_terminal).length, view.usage.search.model_calls];
    expect([await count("candidates"), await count("attempts")]).toEqual(counts);
    expect(counts[1]).toBeGreaterThanOrEqual((await callsOf(tag)).length);

    // Delivered again, as after a crash between D1's commit and our note of it: nothing changes.
    await runInDurableObject(stub, (_instance, { storage }) => {
      const facts = storage.kv.get<object>("facts");
      storage.kv.put("facts", { ...facts, isDelivered: false });
      return storage.setAlarm(Date.now() + 60_000);
    });
    await abortAllDurableObjects();
    const again = env.SEARCH_TREE.getByName(`tenant_a/${id}`);
    expect(await runDurableObjectAlarm(again)).toBe(true);
    expect([await count("candidates"), await count("attempts")]).toEqual(counts);
    await runInDurableObject(again, async (_instance, { storage }) => {
      expect(storage.kv.get("facts")).toMatchObject({ isDelivered: true });
      // What is left for the alarm to do is to forget.
      expect(await storage.getAlarm()).toBeGreaterThan(Date.now() + 29 * 24 * 3_600_000);
    });
  });

  test("is told later when it was out of order, and the client does not notice", async () => {
    await env.DB.prepare("ALTER TABLE searches RENAME TO broken").run();
    const { id, stub, response } = await start("hello", undefined, {});
    expect(await response.text()).toContain("[DONE]");
    const facts = () => runInDurableObject(stub, (_instance, { storage }) => storage.kv.get("facts"));
    const alarm = () => runInDurableObject(stub, (_instance, { storage }) => storage.getAlarm());
    expect(await alarm()).not.toBe(null);
    await runDurableObjectAlarm(stub);
    expect(await facts()).toMatchObject({ isDelivered: false });
    expect(await alarm()).not.toBe(null);
    await env.DB.prepare("ALTER TABLE broken RENAME TO searches").run();
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    expect(await facts()).toMatchObject({ isDelivered: true });
    expect(await rowOf(id)).toMatchObject({ state: "completed" });
  });

  test("never shows one tenant's searches to another", async () => {
    const mine = await listSearches(env.DB, "tenant_a", { limit: 100 });
    expect(mine.length).toBeGreaterThan(0);
    expect(await listSearches(env.DB, "tenant_b", { limit: 100 })).toEqual([]);
    const list = (by: string) =>
      call(by, "GET", "/v1/searches?limit=3").then((response) => response.json<{ data: object[] }>());
    expect((await list(key)).data).toHaveLength(3);
    expect(await list(foreignKey)).toMatchObject({ object: "list", data: [], has_more: false });
    expect((await call(key, "GET", "/v1/searches?limit=0")).status).toBe(400);
  });
});
