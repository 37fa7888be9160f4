import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sweep } from "../../durable-objects/sweeper/sweep.ts";
import { insertRunningSearch } from "../../src/db/running-searches.ts";
import { call, callsOf, MODEL, mintKey, question, until } from "./client.ts";

let key = "";
beforeAll(async () => {
  key = await mintKey("tenant_a");
});
beforeEach(() => env.DB.prepare("DELETE FROM running_searches").run());

const BUDGET = { max_rollouts: 6, max_parallel: 2 };
const SEARCH = { method: "best_of_n", verifier: "agreement", budget: BUDGET };

async function start(scenario: string, search: object = SEARCH) {
  const { messages, tag } = question(scenario);
  const response = await call(key, "POST", "/v1/searches", { model: MODEL, messages, search });
  expect(response.status).toBe(202);
  const { id } = await response.json<{ id: string }>();
  return { id, tag, stub: env.SEARCH_TREE.getByName(`tenant_a/${id}`) };
}

async function stateOf(id: string): Promise<string> {
  return (await (await call(key, "GET", `/v1/searches/${id}`)).json<{ state: string }>()).state;
}

async function running(): Promise<readonly string[]> {
  const { results } = await env.DB.prepare("SELECT id FROM running_searches ORDER BY id").all<{ id: string }>();
  return results.map(({ id }) => id);
}

/** As the platform never should, and has (RELIABILITY I5). */
async function loseAlarm(id: string): Promise<void> {
  const stub = env.SEARCH_TREE.getByName(`tenant_a/${id}`);
  await runInDurableObject(stub, (_instance, { storage }) => storage.deleteAlarm());
}

/** A minute later, as the cron trigger comes. */
const nextSweep = (from = 0) => sweep(env, Date.now() + 60_000, from);

describe("I5: a search whose alarm was lost", () => {
  test("goes on after a crash, without anybody who asks for it", async () => {
    const { id, tag } = await start("slow");
    await until(async () => (await running()).includes(id) && (await callsOf(tag)).length >= 2);
    await abortAllDurableObjects();
    await loseAlarm(id);
    const before = (await callsOf(tag)).length;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await callsOf(tag)).toHaveLength(before);
    expect(await nextSweep()).toMatchObject({ asked: 1, gone: 0, failed: 0 });
    // The witness is the provider: whoever asked the search itself would wake it.
    await until(async () => (await callsOf(tag)).length >= BUDGET.max_rollouts);
    await until(async () => !(await running()).includes(id));
    expect(await stateOf(id)).toBe("completed");
  });

  test("has one again after the sweep, which leaves a run that is alive alone", async () => {
    const { id, tag, stub } = await start("stall");
    await until(async () => (await running()).includes(id) && (await callsOf(tag)).length === 2);
    await loseAlarm(id);
    await nextSweep();
    const alarm = await runInDurableObject(stub, (_instance, { storage }) => storage.getAlarm());
    expect(alarm).toBeGreaterThan(Date.now());
    expect(await callsOf(tag)).toHaveLength(2);
    expect((await call(key, "POST", `/v1/searches/${id}/cancel`)).status).toBe(200);
  });

  test("and that had ended without being able to tell D1 tells it", async () => {
    await env.DB.prepare("ALTER TABLE searches RENAME TO broken").run();
    const { id, stub } = await start("hello", {});
    await until(async () => (await stateOf(id)) !== "running" && (await running()).includes(id));
    await abortAllDurableObjects();
    await loseAlarm(id);
    await env.DB.prepare("ALTER TABLE broken RENAME TO searches").run();
    await nextSweep();
    const row = await env.DB.prepare("SELECT state FROM searches WHERE id = ?").bind(id).first("state");
    expect(row).toBe("completed");
    expect(await running()).toEqual([]);
    expect(await stub.revive()).toBe(false);
  });
});

describe("the list of running searches", () => {
  test("loses its row with the delivery of the search, in one transaction", async () => {
    const { id } = await start("slow");
    await until(async () => (await running()).includes(id));
    const both = `SELECT (SELECT count(*) FROM searches WHERE id = ?1) + (SELECT count(*) FROM running_searches WHERE id = ?1)`;
    const counts = new Set<number>();
    await until(async () => {
      counts.add((await env.DB.prepare(`${both} AS n`).bind(id).first<number>("n")) ?? -1);
      return !(await running()).includes(id);
    });
    expect([...counts]).toEqual([1]);
  });

  test("is cleared of what nobody knows, and of what came after the delivery", async () => {
    const unknown = { id: `srch_${"u".repeat(26)}`, tenantId: "tenant_a", createdAtMs: 1 };
    await insertRunningSearch(env.DB, unknown);
    const { id } = await start("hello", {});
    await until(async () => (await stateOf(id)) === "completed");
    await until(async () => !(await running()).includes(id));
    await insertRunningSearch(env.DB, { ...unknown, id });
    expect(await nextSweep()).toEqual({ asked: 2, gone: 2, failed: 0 });
    expect(await running()).toEqual([]);
  });

  test("is swept whole wherever the sweep begins, and never a search that has just begun", async () => {
    const ids = ["0", "A", "Z", "a", "m", "z"].map((first) => `srch_${first.repeat(26)}`);
    for (const from of [0, 0.3, 0.61, 0.999]) {
      for (const id of ids) await insertRunningSearch(env.DB, { id, tenantId: "tenant_a", createdAtMs: 1 });
      expect(await nextSweep(from), `from ${from}`).toEqual({ asked: 6, gone: 6, failed: 0 });
    }
    await insertRunningSearch(env.DB, { id: ids[0] ?? "", tenantId: "tenant_a", createdAtMs: Date.now() });
    expect(await sweep(env, Date.now(), 0)).toEqual({ asked: 0, gone: 0, failed: 0 });
  });

  test("never has a call that is answered at once: D1 is told of it once, in the end", async () => {
    const { messages } = question("hello");
    const response = await call(key, "POST", "/v1/chat/completions", { model: MODEL, messages });
    const id = response.headers.get("x-search-id") ?? "";
    await response.text();
    const stub = env.SEARCH_TREE.getByName(`tenant_a/${id}`);
    await until(() =>
      runInDurableObject(
        stub,
        (_instance, { storage }) => storage.kv.get<{ isDelivered: boolean }>("facts")?.isDelivered ?? false,
      ),
    );
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    expect(await running()).toEqual([]);
  });
});
