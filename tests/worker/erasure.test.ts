import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { CLEARANCE_MS } from "../../durable-objects/search-tree/letters.ts";
import type { Remains } from "../../durable-objects/search-tree/remains.ts";
import type { SearchEvent } from "../../src/core/event.ts";
import { archiveKeyOf } from "../../src/db/archive.ts";
import { admin, mintManager } from "./admin-client.ts";
import { administer, call, callsOf, MODEL, mintKey, openAi, question, until } from "./client.ts";

let key = "";
let foreignKey = "";
beforeAll(async () => {
  key = await mintKey("tenant_a");
  foreignKey = await mintKey("tenant_b");
});

const SECRET = "canary-7f3a9c";
const SEARCH = { method: "best_of_n", verifier: "agreement", budget: { max_rollouts: 4, max_parallel: 2 } };
const DAY_MS = 24 * 3_600_000;

const archive = env.ARCHIVE as R2Bucket;
const stubOf = (id: string, tenant = "tenant_a") => env.SEARCH_TREE.getByName(`${tenant}/${id}`);

async function start(scenario = "distinct", search: object = SEARCH, by = key) {
  const { messages, tag } = question(scenario, `Remember ${SECRET}.`);
  const response = await call(by, "POST", "/v1/searches", { model: MODEL, messages, search, metadata: { a: SECRET } });
  expect(response.status).toBe(202);
  const { id } = await response.json<{ id: string }>();
  return { id, tag };
}

function remainsOf(id: string, tenant = "tenant_a"): Promise<Remains | undefined> {
  return runInDurableObject(stubOf(id, tenant), (_instance, { storage }) => storage.kv.get<Remains>("remains"));
}

/** It has ended, and everybody was told. */
async function told(id: string, tenant = "tenant_a"): Promise<void> {
  await until(async () => (await remainsOf(id, tenant))?.isArchived === true);
  await until(async () => (await rowsOf("searches", "id", id)).length === 1);
}

async function rowsOf(table: string, column: string, id: string): Promise<readonly object[]> {
  return (await env.DB.prepare(`SELECT * FROM ${table} WHERE ${column} = ?`).bind(id).all()).results as object[];
}

/** All that D1 has of it, as text. */
async function databaseText(id: string): Promise<string> {
  const found = await Promise.all([
    rowsOf("searches", "id", id),
    rowsOf("candidates", "search_id", id),
    rowsOf("attempts", "search_id", id),
    rowsOf("stored_completions", "search_id", id),
    rowsOf("running_searches", "id", id),
  ]);
  return JSON.stringify(found);
}

/** All that the object has of it, as text. */
function objectText(id: string, tenant = "tenant_a"): Promise<string> {
  return runInDurableObject(stubOf(id, tenant), (_instance, { storage }) => {
    const tables = storage.sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'").toArray();
    const rows = tables.flatMap(({ name }) =>
      name.startsWith("_cf") ? [] : storage.sql.exec(`SELECT * FROM ${name}`).toArray(),
    );
    return JSON.stringify([rows, [...storage.kv.list()]]);
  });
}

/** Its clock goes on by that much, and its alarm rings. */
async function later(id: string, byMs: number, tenant = "tenant_a"): Promise<void> {
  await runInDurableObject(stubOf(id, tenant), async (_instance, { storage }) => {
    const remains = storage.kv.get<Remains>("remains");
    if (remains === undefined) throw new Error("there is nothing to wait for");
    const { erased, deletedAtMs } = remains;
    storage.kv.put("remains", {
      ...remains,
      ...(deletedAtMs !== null && { deletedAtMs: deletedAtMs - byMs }),
      ...(erased !== null && { erased: { ...erased, endedAtMs: erased.endedAtMs - byMs } }),
    });
    const hasLog = storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'log'").toArray().length > 0;
    if (!hasLog) return;
    const last = storage.sql
      .exec<{ sequence: number; text: string }>("SELECT sequence, text FROM log ORDER BY sequence DESC LIMIT 1")
      .one();
    const moved = (JSON.parse(last.text) as SearchEvent[]).map((event) => ({ ...event, atMs: event.atMs - byMs }));
    storage.sql.exec("UPDATE log SET text = ? WHERE sequence = ?", JSON.stringify(moved), last.sequence);
  });
  await abortAllDurableObjects();
  await runInDurableObject(stubOf(id, tenant), (_instance, { storage }) => storage.setAlarm(Date.now() + 60_000));
  expect(await runDurableObjectAlarm(stubOf(id, tenant))).toBe(true);
}

async function eventsOf(id: string, from = 0, by = key): Promise<readonly SearchEvent[]> {
  const response = await call(by, "GET", `/v1/searches/${id}/events?from=${from}`);
  expect(response.status).toBe(200);
  return new TextDecoder()
    .decode(await response.arrayBuffer())
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as SearchEvent);
}

describe("the archive", () => {
  test("has an ended search's log, event for event, and no tenant finds another's", async () => {
    const { id } = await start();
    await told(id);
    const stored = await archive.get(archiveKeyOf("tenant_a", id));
    const text = await new Response(stored?.body.pipeThrough(new DecompressionStream("gzip"))).text();
    const lines = text.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual(await eventsOf(id));
    expect(stored?.size ?? 0).toBeLessThan(text.length / 2);
    expect(archiveKeyOf("tenant_a/..", id)).not.toContain("tenant_a/../");
    expect((await call(foreignKey, "GET", `/v1/searches/${id}/events`)).status).toBe(404);
  });

  test("has no search of one call, which is no tree", async () => {
    const { id } = await start("hello", { method: "none" });
    await until(async () => (await rowsOf("searches", "id", id)).length === 1);
    await runDurableObjectAlarm(stubOf(id));
    expect(await archive.head(archiveKeyOf("tenant_a", id))).toBe(null);
  });

  test("that was out of order is told later, and D1 and the client do not notice", async () => {
    const { id } = await start("distinct", SEARCH);
    await told(id);
    const before = await (await archive.get(archiveKeyOf("tenant_a", id)))?.arrayBuffer();
    // As after a crash between R2's answer and our note of it.
    await archive.delete(archiveKeyOf("tenant_a", id));
    await runInDurableObject(stubOf(id), (_instance, { storage }) => {
      storage.kv.put("remains", { ...storage.kv.get<Remains>("remains"), isArchived: false });
      return storage.setAlarm(Date.now() + 60_000);
    });
    await runDurableObjectAlarm(stubOf(id));
    const after = await (await archive.get(archiveKeyOf("tenant_a", id)))?.arrayBuffer();
    expect(after).toEqual(before);
  });
});

describe("a deleted search", () => {
  test("leaves nothing of what it said or was asked, in the object, in D1 or in R2; what it cost stays", async () => {
    const { id } = await start();
    await told(id);
    expect(await databaseText(id)).toContain(SECRET);
    expect(await objectText(id)).toContain(SECRET);
    const [row] = await rowsOf("searches", "id", id);
    const deleted = await call(key, "DELETE", `/v1/searches/${id}`);
    expect([deleted.status, await deleted.json()]).toEqual([200, { id, object: "search.deleted", deleted: true }]);
    const [left, ...others] = await rowsOf("searches", "id", id);
    expect(others).toEqual([]);
    const { calls, microdollars, prompt_tokens, created_at_ms } = row as Record<string, unknown>;
    expect(left).toMatchObject({
      state: "deleted",
      answer: null,
      score: null,
      recipe: "{}",
      calls,
      microdollars,
      prompt_tokens,
      created_at_ms,
    });
    expect([await databaseText(id), await objectText(id)].join()).not.toContain(SECRET);
    expect(await rowsOf("candidates", "search_id", id)).toEqual([]);
    expect(await rowsOf("attempts", "search_id", id)).toEqual([]);
    expect(await archive.head(archiveKeyOf("tenant_a", id))).toBe(null);
  });

  test("is unknown by every way there is, to its own tenant, too", async () => {
    const { id } = await start();
    await told(id);
    await call(key, "DELETE", `/v1/searches/${id}`);
    const completion = `/v1/chat/completions/${id.replace("srch_", "chatcmpl-")}`;
    for (const [method, path] of [
      ["GET", `/v1/searches/${id}`],
      ["GET", `/v1/searches/${id}/events`],
      ["GET", `/v1/searches/${id}/tree`],
      ["POST", `/v1/searches/${id}/cancel`],
      ["DELETE", `/v1/searches/${id}`],
      ["GET", completion],
      ["GET", `${completion}/messages`],
      ["GET", `${completion}/search`],
      ["DELETE", completion],
    ] as const) {
      expect((await call(key, method, path)).status, `${method} ${path}`).toBe(404);
    }
    const list = await (await call(key, "GET", "/v1/searches?limit=100")).json<{ data: { id: string }[] }>();
    expect(list.data.map((one) => one.id)).not.toContain(id);
    const stored = await openAi(key).chat.completions.list({ limit: 100 });
    expect(stored.data.map((one) => one.id)).not.toContain(id.replace("srch_", "chatcmpl-"));
  });

  test("is not brought back by what an earlier life of its object had sent, and what came late is cleared away", async () => {
    const { id } = await start();
    await told(id);
    const key2 = archiveKeyOf("tenant_a", id);
    const lateBytes = (await (await archive.get(key2))?.arrayBuffer()) ?? new ArrayBuffer(0);
    const lateCandidates = await env.DB.prepare("SELECT * FROM candidates WHERE search_id = ?").bind(id).all();
    await call(key, "DELETE", `/v1/searches/${id}`);
    await archive.put(key2, lateBytes);
    const [candidate] = lateCandidates.results as Record<string, string>[];
    await env.DB.prepare("INSERT INTO candidates (search_id, node_id, text, repeats, is_answer) VALUES (?, ?, ?, 0, 0)")
      .bind(id, candidate?.node_id ?? "", SECRET)
      .run();
    expect((await call(key, "GET", `/v1/searches/${id}`)).status).toBe(404);
    await later(id, CLEARANCE_MS);
    expect(await databaseText(id)).not.toContain(SECRET);
    expect(await archive.head(key2)).toBe(null);
  });

  test("is ended where it runs, its money settled", async () => {
    const { id, tag } = await start("stall");
    await until(async () => (await callsOf(tag)).length === 2);
    expect((await call(key, "DELETE", `/v1/searches/${id}`)).status).toBe(200);
    await until(async () => (await callsOf(tag)).every(({ isAborted }) => isAborted));
    await until(async () => (await remainsOf(id))?.erased !== null);
    const facts = await runInDurableObject(stubOf(id), (_instance, { storage }) => storage.kv.get("facts"));
    expect(facts).toMatchObject({ lease: { isSettled: true } });
    expect(await rowsOf("searches", "id", id)).toMatchObject([{ state: "deleted", calls: 2, answer: null }]);
    expect(await databaseText(id)).not.toContain(SECRET);
  });

  test("stays deleted through a crash in the middle of its erasure", async () => {
    const { id } = await start();
    await told(id);
    await env.DB.prepare("ALTER TABLE candidates RENAME TO broken").run();
    expect((await call(key, "DELETE", `/v1/searches/${id}`)).status).toBe(200);
    await abortAllDurableObjects();
    expect((await call(key, "GET", `/v1/searches/${id}`)).status).toBe(404);
    await env.DB.prepare("ALTER TABLE broken RENAME TO candidates").run();
    expect(await runDurableObjectAlarm(stubOf(id))).toBe(true);
    expect([await databaseText(id), await objectText(id)].join()).not.toContain(SECRET);
  });

  test("may be asked for anew with the same idempotency key", async () => {
    const { messages } = question("distinct");
    const ask = async () => {
      const response = await keyed("/v1/searches", { model: MODEL, messages, search: SEARCH }, "the-key");
      return (await response.json<{ id: string }>()).id;
    };
    const id = await ask();
    expect(await ask()).toBe(id);
    await call(key, "DELETE", `/v1/searches/${id}`);
    const next = await ask();
    expect(next).not.toBe(id);
    expect(await ask()).toBe(next);
  });
});

async function keyed(path: string, body: object, idempotencyKey: string): Promise<Response> {
  return exports.default.fetch(`https://espalier.test${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", "idempotency-key": idempotencyKey },
    body: JSON.stringify(body),
  });
}

describe("a search whose time is over", () => {
  test("loses its tree first: the archive still has its events, and D1 its row", async () => {
    const { id } = await start();
    await told(id);
    const events = await eventsOf(id);
    await later(id, 31 * DAY_MS);
    expect((await call(key, "GET", `/v1/searches/${id}`)).status).toBe(404);
    expect(await objectText(id)).not.toContain(SECRET);
    const archived = await eventsOf(id);
    expect(archived.map(({ sequence, type }) => [sequence, type])).toEqual(
      events.map(({ sequence, type }) => [sequence, type]),
    );
    expect((await eventsOf(id, 3))[0]?.sequence).toBe(3);
    expect((await call(foreignKey, "GET", `/v1/searches/${id}/events`)).status).toBe(404);
    expect(await rowsOf("searches", "id", id)).toMatchObject([{ state: "completed" }]);
    // Of the list of stored completions it is gone.
    expect(await rowsOf("stored_completions", "search_id", id)).toMatchObject([{ metadata: null }]);

    await later(id, 60 * DAY_MS);
    expect(await archive.head(archiveKeyOf("tenant_a", id))).toBe(null);
    expect((await call(key, "GET", `/v1/searches/${id}/events`)).status).toBe(404);

    await later(id, 310 * DAY_MS);
    expect(await databaseText(id)).toBe("[[],[],[],[],[]]");
    expect(await objectText(id)).toBe("[[],[]]");
    const alarm = await runInDurableObject(stubOf(id), (_instance, { storage }) => storage.getAlarm());
    expect(alarm).toBe(null);
  });

  test("is that of its tenant, who may also want no archive", async () => {
    const own = await mintKey("tenant_brief");
    const manager = await mintManager("tenant_brief");
    const wrong = await admin(manager, "POST", "/tenant", { retention: { tree_days: 0 } });
    expect([wrong.status, wrong.body]).toMatchObject([400, { error: { param: "retention.tree_days" } }]);
    const changed = await admin(manager, "POST", "/tenant", { retention: { tree_days: 2, archive_days: 0 } });
    expect(changed.body).toMatchObject({ retention: { tree_days: 2, archive_days: 0, row_days: 400 } });
    const { id } = await start("distinct", SEARCH, own);
    await until(async () => (await rowsOf("searches", "id", id)).length === 1);
    expect(await remainsOf(id, "tenant_brief")).toMatchObject({
      retention: { treeDays: 2, archiveDays: 0, rowDays: 400 },
      isArchived: false,
    });
    expect(await archive.head(archiveKeyOf("tenant_brief", id))).toBe(null);
    await later(id, 3 * DAY_MS, "tenant_brief");
    expect((await call(own, "GET", `/v1/searches/${id}`)).status).toBe(404);
    expect(await administer("tenant_brief", "tenant.get", {})).toMatchObject({ retention: { treeDays: 2 } });
  });
});
