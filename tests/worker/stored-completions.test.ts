import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { upsertStoredCompletion } from "../../src/db/stored-completions.ts";
import { HELLO } from "../setup/scenarios.ts";
import { call, callsOf, MODEL, mintKey, openAi, question, until } from "./client.ts";
import { errorOf } from "./response-client.ts";

// Stored chat completions, WIRE.md 1.8.
let key = "";
beforeAll(async () => {
  key = await mintKey("tenant_stored");
});

type Metadata = Record<string, string>;

/** A stored completion of the SDK's; each tenant of these tests has its own key. */
async function store(by = key, metadata: Metadata = {}, extra: object = {}) {
  const { messages } = question("hello");
  return openAi(by).chat.completions.create({ model: MODEL, messages, store: true, metadata, ...extra });
}

/** Known to D1, which may be moments behind. */
async function storeListed(by: string, metadata: Metadata = {}) {
  const completion = await store(by, metadata);
  await until(async () => (await rowOf(completion.id))?.metadata === JSON.stringify(metadata));
  return completion;
}

interface Row {
  readonly metadata: string | null;
  readonly revision: number;
}

function rowOf(completionId: string): Promise<Row | null> {
  return env.DB.prepare("SELECT metadata, revision FROM stored_completions WHERE search_id = ?")
    .bind(searchIdOf(completionId))
    .first<Row>();
}

const searchIdOf = (completionId: string) => completionId.replace("chatcmpl-", "srch_");
const stubOf = (tenantId: string, completionId: string) =>
  env.SEARCH_TREE.getByName(`${tenantId}/${searchIdOf(completionId)}`);

async function idsOf(by: string, query = ""): Promise<string[]> {
  const list = await (await call(by, "GET", `/v1/chat/completions${query}`)).json<{ data: { id: string }[] }>();
  return list.data.map(({ id }) => id);
}

/** All that is left for its alarm to do is to erase it some day. */
function hasToldAll(stub: ReturnType<typeof stubOf>): Promise<boolean> {
  return runInDurableObject(stub, async (_instance, { storage }) => {
    const alarm = await storage.getAlarm();
    return alarm !== null && alarm > Date.now() + 24 * 3_600_000;
  });
}

describe("a stored completion", () => {
  test("can be had again at once, as it was answered", async () => {
    const created = await store(key, { topic: "trees" }, { n: 2 });
    const again = await openAi(key).chat.completions.retrieve(created.id);
    expect(again).toEqual(created);
    expect(again).toMatchObject({ model: MODEL, metadata: { topic: "trees" }, choices: [{}, {}] });
  });

  test.each([
    ["below /v1", (id: string) => `/v1/chat/completions/${id}`],
    ["without /v1", (id: string) => `/chat/completions/${id}`],
    ["with a slash behind it", (id: string) => `/v1/chat/completions/${id}/`],
    ["percent-encoded", (id: string) => `/v1/chat/completions/${id.replace("-", "%2D").replace("c", "%63")}`],
  ])("is found %s", async (_where, pathOf) => {
    const { id } = await store();
    const response = await call(key, "GET", pathOf(id));
    expect(await response.json()).toMatchObject({ id, object: "chat.completion" });
    expect(response.headers.get("x-search-id")).toBe(searchIdOf(id));
  });

  test("may have been streamed, and is then told whole", async () => {
    const { messages } = question("hello");
    const body = { model: MODEL, messages, store: true as const, stream: true as const, metadata: { by: "stream" } };
    let id = "";
    for await (const chunk of await openAi(key).chat.completions.create(body)) id = chunk.id;
    expect(await openAi(key).chat.completions.retrieve(id)).toMatchObject({
      object: "chat.completion",
      metadata: { by: "stream" },
      choices: [{ message: { content: HELLO }, finish_reason: "stop" }],
      usage: { total_tokens: expect.any(Number) },
    });
  });

  test("keeps the words of its request: `functions` are answered with a `function_call`", async () => {
    const functions = [{ name: "weather", parameters: { type: "object", properties: {} } }];
    const { messages } = question("tools");
    const created = await openAi(key).chat.completions.create({ model: MODEL, messages, functions, store: true });
    expect(created.choices[0]?.message.function_call?.name).toBe("weather");
    expect(await openAi(key).chat.completions.retrieve(created.id)).toEqual(created);
  });

  test("may have been asked for in the shape of the Responses API", async () => {
    const { messages } = question("hello");
    const body = { model: MODEL, input: messages, store: true, metadata: { by: "cursor" } };
    const created = await (await call(key, "POST", "/v1/chat/completions", body)).json<{ id: string }>();
    const again = await (await call(key, "GET", `/v1/chat/completions/${created.id}`)).json();
    expect(again).toEqual(created);
    expect(again).toMatchObject({ object: "chat.completion", metadata: { by: "cursor" } });
  });

  test("outlives the loss of its object", async () => {
    const created = await store(key, { a: "1" });
    await abortAllDurableObjects();
    expect(await openAi(key).chat.completions.retrieve(created.id)).toEqual(created);
  });

  test("is not there before it is answered", async () => {
    const { messages, tag } = question("slow");
    const stream = await openAi(key).chat.completions.create({ model: MODEL, messages, store: true, stream: true });
    const chunks = stream[Symbol.asyncIterator]();
    const { id } = (await chunks.next()).value ?? { id: "" };
    expect((await call(key, "GET", `/v1/chat/completions/${id}`)).status).toBe(404);
    expect((await call(key, "POST", `/v1/chat/completions/${id}`, { metadata: {} })).status).toBe(404);
    while (!(await chunks.next()).done);
    expect(await callsOf(tag)).toHaveLength(1);
    expect((await call(key, "GET", `/v1/chat/completions/${id}`)).status).toBe(200);
  });

  test("is none where the search came to nothing", async () => {
    const by = await mintKey("tenant_failing");
    const { messages } = question("unauthorized");
    const response = await call(by, "POST", "/v1/chat/completions", { model: MODEL, messages, store: true });
    expect(response.status).toBe(502);
    const searchId = response.headers.get("x-search-id") ?? "";
    const id = searchId.replace("srch_", "chatcmpl-");
    expect((await call(by, "GET", `/v1/chat/completions/${id}`)).status).toBe(404);
    const stub = stubOf("tenant_failing", id);
    await until(() => hasToldAll(stub));
    expect(await rowOf(id)).toBe(null);
    expect(await idsOf(by)).toEqual([]);
  });
});

describe("what was not to be stored", () => {
  test.each([
    ["without `store`", {}],
    ["with `store: false`", { store: false }],
    ["with `store: null`", { store: null }],
  ])("is not found %s, and says what would have helped", async (_how, extra) => {
    const by = await mintKey(`tenant_${crypto.randomUUID()}`);
    const { messages } = question("hello");
    const completion = await openAi(by).chat.completions.create({ model: MODEL, messages, ...extra });
    expect(completion).not.toHaveProperty("metadata");
    await expect(openAi(by).chat.completions.retrieve(completion.id)).rejects.toMatchObject({
      status: 404,
      code: "chat_completion_not_found",
      param: "completion_id",
      message: expect.stringContaining("'store'"),
    });
    expect(await idsOf(by)).toEqual([]);
  });

  test("nor is a response of the Responses API, whatever its id is called", async () => {
    const { messages } = question("hello");
    const { id } = await openAi(key).responses.create({ model: MODEL, input: messages });
    const path = `/v1/chat/completions/${id.replace("resp_", "chatcmpl-")}`;
    expect((await call(key, "GET", path)).status).toBe(404);
    expect((await call(key, "DELETE", path)).status).toBe(404);
    expect((await openAi(key).responses.retrieve(id)).id).toBe(id);
  });

  test.each(["chatcmpl-", "chatcmpl-%00", "srch_0", "..%2F..%2Fsearches", "chatcmpl-' OR 1=1 --"])(
    "and %s is no id",
    async (id) => {
      expect((await call(key, "GET", `/v1/chat/completions/${encodeURIComponent(id)}`)).status).toBe(404);
    },
  );
});

/** All orders of four revisions, each delivered once or, the first of them, twice. */
const ORDERS = [1, 2, 3, 4].flatMap((a) =>
  [1, 2, 3, 4].flatMap((b) =>
    [1, 2, 3, 4].flatMap((c) =>
      [1, 2, 3, 4].filter((d) => new Set([a, b, c, d]).size === 4).map((d) => [a, b, c, d, a]),
    ),
  ),
);

describe("an update", () => {
  test("replaces the metadata, for whoever reads it and for the list", async () => {
    const by = await mintKey("tenant_update");
    const { id } = await storeListed(by, { old: "1", both: "1" });
    const updated = await openAi(by).chat.completions.update(id, { metadata: { both: "2", new: "2" } });
    expect(updated.metadata).toEqual({ both: "2", new: "2" });
    expect(await openAi(by).chat.completions.retrieve(id)).toEqual(updated);
    expect(await idsOf(by, "?metadata[new]=2")).toEqual([id]);
    expect(await idsOf(by, "?metadata[old]=1")).toEqual([]);
    expect((await openAi(by).chat.completions.update(id, { metadata: null })).metadata).toEqual({});
    expect(await idsOf(by)).toEqual([id]);
  });

  test("reaches D1 by the alarm where D1 was out of order, and nobody else notices", async () => {
    const by = await mintKey("tenant_outbox");
    const { id } = await storeListed(by, { state: "old" });
    await env.DB.prepare("ALTER TABLE stored_completions RENAME TO broken").run();
    await openAi(by).chat.completions.update(id, { metadata: { state: "new" } });
    expect((await openAi(by).chat.completions.retrieve(id)).metadata).toEqual({ state: "new" });
    const unlisted = await store(by, { state: "unlisted" });
    expect((await openAi(by).chat.completions.retrieve(unlisted.id)).id).toBe(unlisted.id);
    await env.DB.prepare("ALTER TABLE broken RENAME TO stored_completions").run();
    expect(await rowOf(id)).toEqual({ metadata: '{"state":"old"}', revision: 1 });
    await abortAllDurableObjects();
    expect(await runDurableObjectAlarm(stubOf("tenant_outbox", id))).toBe(true);
    expect(await runDurableObjectAlarm(stubOf("tenant_outbox", unlisted.id))).toBe(true);
    expect(await idsOf(by, "?metadata[state]=new")).toEqual([id]);
    expect(await idsOf(by, "?metadata[state]=unlisted")).toEqual([unlisted.id]);
    for (const one of [id, unlisted.id]) {
      expect(await hasToldAll(stubOf("tenant_outbox", one))).toBe(true);
    }
  });

  test("is believed, and not what D1 says", async () => {
    const by = await mintKey("tenant_behind");
    const { id } = await storeListed(by, { state: "old" });
    await openAi(by).chat.completions.update(id, { metadata: { state: "new" } });
    await env.DB.prepare("UPDATE stored_completions SET metadata = ? WHERE search_id = ?")
      .bind('{"state":"old"}', searchIdOf(id))
      .run();
    expect(await idsOf(by, "?metadata[state]=old")).toEqual([]);
    const list = await call(by, "GET", "/v1/chat/completions");
    expect(await list.json()).toMatchObject({ data: [{ id, metadata: { state: "new" } }] });
  });

  test("wins by its revision in whatever order the deliveries come, and a deletion over all", async () => {
    const row = { tenantId: "tenant_order", model: MODEL, createdAtMs: 1 };
    for (const [index, order] of ORDERS.entries()) {
      const searchId = `srch_order_${index}`;
      for (const revision of order) {
        const metadata = revision === 4 ? null : { revision: String(revision) };
        await upsertStoredCompletion(env.DB, { ...row, searchId, metadata, revision });
      }
      expect(await rowOf(searchId)).toEqual({ metadata: null, revision: 4 });
    }
  });

  test("an older one that comes late changes nothing", async () => {
    const by = await mintKey("tenant_late");
    const { id } = await storeListed(by, { at: "first" });
    await openAi(by).chat.completions.update(id, { metadata: { at: "second" } });
    const late = { searchId: searchIdOf(id), tenantId: "tenant_late", model: MODEL, createdAtMs: 1 };
    await upsertStoredCompletion(env.DB, { ...late, metadata: { at: "first" }, revision: 1 });
    expect(await rowOf(id)).toEqual({ metadata: '{"at":"second"}', revision: 2 });
  });
});

describe("a deleted completion", () => {
  test("is gone everywhere, once", async () => {
    const by = await mintKey("tenant_delete");
    const { id } = await storeListed(by, { a: "1" });
    const kept = await storeListed(by, { a: "1" });
    const deleted = await openAi(by).chat.completions.delete(id);
    expect(deleted).toEqual({ object: "chat.completion.deleted", id, deleted: true });
    const path = `/v1/chat/completions/${id}`;
    const after = [
      await call(by, "GET", path),
      await call(by, "DELETE", path),
      await call(by, "POST", path, { metadata: {} }),
      await call(by, "GET", `${path}/messages`),
    ];
    expect(after.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    expect(await idsOf(by, "?metadata[a]=1")).toEqual([kept.id]);
    expect(await rowOf(id)).toEqual({ metadata: null, revision: 2 });
  });

  test("does not come back, neither by a late delivery nor by whatever D1 believes", async () => {
    const by = await mintKey("tenant_late_delete");
    const { id } = await storeListed(by, { a: "1" });
    const kept = await storeListed(by);
    await openAi(by).chat.completions.delete(id);
    const late = { searchId: searchIdOf(id), tenantId: "tenant_late_delete", model: MODEL, createdAtMs: 1 };
    await upsertStoredCompletion(env.DB, { ...late, metadata: { a: "1" }, revision: 1 });
    expect(await rowOf(id)).toEqual({ metadata: null, revision: 2 });
    await env.DB.prepare("UPDATE stored_completions SET metadata = '{}' WHERE search_id = ?").bind(late.searchId).run();
    const page = await openAi(by).chat.completions.list({ limit: 1 });
    expect([page.data.map((one) => one.id), page.has_more]).toEqual([[kept.id], false]);
  });

  test("may be deleted while it is searched for: whoever waits has it, and nobody after", async () => {
    const by = await mintKey("tenant_hasty");
    const { messages } = question("slow");
    const stream = await openAi(by).chat.completions.create({ model: MODEL, messages, store: true, stream: true });
    const chunks = stream[Symbol.asyncIterator]();
    const { id } = (await chunks.next()).value ?? { id: "" };
    await openAi(by).chat.completions.delete(id);
    let text = "";
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
      text += next.value.choices[0]?.delta.content ?? "";
    }
    expect(text).toBe("Answer: 1 + 0");
    expect((await call(by, "GET", `/v1/chat/completions/${id}`)).status).toBe(404);
    await until(async () => (await rowOf(id)) !== null);
    expect(await rowOf(id)).toMatchObject({ metadata: null });
    expect(await idsOf(by)).toEqual([]);
  });
});

describe("its messages", () => {
  test("are what was asked, each with an id, by parts where it came in parts", async () => {
    const image = { type: "image_url" as const, image_url: { url: "data:image/png;base64,AAAA" } };
    const text = { type: "text" as const, text: question("hello").messages[0]?.content ?? "" };
    const { id } = await openAi(key).chat.completions.create({
      model: MODEL,
      store: true,
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", name: "anna", content: [text, image] },
        { role: "assistant", tool_calls: [{ id: "c1", type: "function", function: { name: "f", arguments: "{}" } }] },
        { role: "tool", tool_call_id: "c1", content: "4" },
      ],
    });
    const list = await openAi(key).chat.completions.messages.list(id);
    expect(list.data).toEqual([
      { id: `${id}-0`, role: "system", content: "Be brief.", name: null, refusal: null, content_parts: null },
      { id: `${id}-1`, role: "user", content: text.text, name: "anna", refusal: null, content_parts: [text, image] },
      expect.objectContaining({ id: `${id}-2`, content: null, tool_calls: [expect.objectContaining({ id: "c1" })] }),
      expect.objectContaining({ id: `${id}-3`, role: "tool", tool_call_id: "c1", content: "4" }),
    ]);
    const roles: string[] = [];
    for await (const { role } of openAi(key).chat.completions.messages.list(id, { order: "desc", limit: 1 })) {
      roles.push(role);
    }
    expect(roles).toEqual(["tool", "assistant", "user", "system"]);
    const wrong = await call(key, "GET", `/v1/chat/completions/${id}/messages?after=${id}-9`);
    expect(await errorOf(wrong)).toMatchObject({ code: "invalid_value", param: "after" });
  });
});

describe("the search of a completion", () => {
  test.each([
    ["stored", true],
    ["not stored", false],
  ])("%s is where `trace_url` says", async (_what, isStored) => {
    const { messages } = question("hello");
    const created = await openAi(key).chat.completions.create({ model: MODEL, messages, store: isStored });
    const { id, trace_url } = (created as unknown as { search: { id: string; trace_url: string } }).search;
    expect(trace_url).toBe(`/v1/chat/completions/${created.id}/search`);
    const trace = await (await call(key, "GET", trace_url)).json();
    expect(trace).toEqual(await (await call(key, "GET", `/v1/searches/${id}`)).json());
    expect(trace).toMatchObject({ object: "search", id, answer: HELLO, tree: [{}, { text: HELLO }] });
  });

  test("goes with the completion that is deleted", async () => {
    const { id } = await store();
    await openAi(key).chat.completions.delete(id);
    expect((await call(key, "GET", `/v1/chat/completions/${id}/search`)).status).toBe(404);
  });

  test.each([
    ["/v1/responses", (messages: object[]) => ({ model: MODEL, input: messages })],
    ["/v1/completions", (messages: { content: string }[]) => ({ model: MODEL, prompt: messages[0]?.content })],
  ])("of %s is where its `trace_url` says", async (path, bodyOf) => {
    const { messages } = question("hello");
    const created = await (await call(key, "POST", path, bodyOf(messages))).json<{ search: Record<string, string> }>();
    const trace = await call(key, "GET", created.search.trace_url ?? "");
    expect(await trace.json()).toMatchObject({ object: "search", id: created.search.id });
  });

  test.each(["/v1/chat/completions/chatcmpl-0/search", "/v1/responses/resp_0/search"])("%s is 404", async (path) => {
    const response = await call(key, "GET", path);
    expect(response.status).toBe(404);
    expect(await errorOf(response)).toMatchObject({ code: "search_not_found" });
  });
});
