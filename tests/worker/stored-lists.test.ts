import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { call, MODEL, mintKey, openAi, question, until } from "./client.ts";
import { errorOf } from "./response-client.ts";

// The list of stored chat completions and what it is filtered by, WIRE.md 1.8; two tenants, I9.
const TENANT = "tenant_lists";
let key = "";
let foreignKey = "";
/** In the order of creation: the middle three at the same time. */
let ids: string[] = [];

/** Metadata of five completions. */
const NOTES: Record<string, string>[] = [
  { team: "red", run: "1" },
  { team: "red", run: "2" },
  { team: "blue", run: "2", 'it\'s "a.b"[0]': "100 %&=ü🌳" },
  { team: "red", run: "2", more: "" },
  {},
];

beforeAll(async () => {
  key = await mintKey(TENANT);
  foreignKey = await mintKey("tenant_lists_stranger");
  const created: string[] = [];
  for (const metadata of NOTES) created.push(await store(key, metadata));
  await until(async () => (await rows()) === NOTES.length);
  // Ties in creation time are broken by id, always the same way.
  await env.DB.prepare("UPDATE stored_completions SET created_at_ms = 1000 WHERE tenant_id = ?").bind(TENANT).run();
  await dateAt(created[0] ?? "", 500);
  await dateAt(created[4] ?? "", 2000);
  const tied = created.slice(1, 4).sort((a, b) => (a < b ? -1 : 1));
  ids = [created[0] ?? "", ...tied, created[4] ?? ""];
});

async function store(by: string, metadata: object, model = MODEL): Promise<string> {
  const { messages } = question("hello");
  const response = await call(by, "POST", "/v1/chat/completions", { model, messages, store: true, metadata });
  return (await response.json<{ id: string }>()).id;
}

async function rows(): Promise<number> {
  const count = env.DB.prepare("SELECT count(*) AS n FROM stored_completions WHERE tenant_id = ?").bind(TENANT);
  return (await count.first<number>("n")) ?? 0;
}

function dateAt(completionId: string, atMs: number) {
  return env.DB.prepare("UPDATE stored_completions SET created_at_ms = ? WHERE search_id = ?")
    .bind(atMs, completionId.replace("chatcmpl-", "srch_"))
    .run();
}

interface List {
  readonly object: "list";
  readonly data: readonly { readonly id: string; readonly metadata: Record<string, string> }[];
  readonly first_id: string;
  readonly last_id: string;
  readonly has_more: boolean;
}

async function listOf(query: string, by = key): Promise<List> {
  const response = await call(by, "GET", `/v1/chat/completions${query}`);
  expect(response.status).toBe(200);
  return response.json<List>();
}

const idsOf = async (query: string): Promise<string[]> => (await listOf(query)).data.map(({ id }) => id);

describe("the list of stored completions", () => {
  test("is in the order of creation, oldest first", async () => {
    const list = await listOf("");
    expect(list).toMatchObject({ object: "list", first_id: ids[0], last_id: ids[4], has_more: false });
    expect(list.data.map(({ id }) => id)).toEqual(ids);
    expect(await idsOf("?order=asc&after=")).toEqual(ids);
    expect(await idsOf("?order=desc")).toEqual([...ids].reverse());
  });

  test("has in it what each of them is on its own", async () => {
    const { data } = await listOf("?limit=1");
    expect(data[0]).toEqual(await (await call(key, "GET", `/v1/chat/completions/${ids[0]}`)).json());
  });

  test.each(["asc", "desc"] as const)(
    "is paged %s without a gap and without a repeat, also amid ties",
    async (order) => {
      const wanted = order === "asc" ? ids : [...ids].reverse();
      for (const limit of [1, 2, 3]) {
        const seen: string[] = [];
        for await (const { id } of openAi(key).chat.completions.list({ order, limit })) seen.push(id);
        expect(seen).toEqual(wanted);
      }
      const [first, second, third] = wanted;
      expect(await listOf(`?order=${order}&limit=2`)).toMatchObject({
        first_id: first,
        last_id: second,
        has_more: true,
      });
      expect(await idsOf(`?order=${order}&limit=1&after=${second}`)).toEqual([third]);
      expect(await listOf(`?order=${order}&after=${wanted[4]}`)).toEqual({
        object: "list",
        data: [],
        first_id: "",
        last_id: "",
        has_more: false,
      });
      expect(await listOf(`?order=${order}&limit=5`)).toMatchObject({ has_more: false });
    },
  );

  test("goes on after one that was deleted meanwhile, or that D1 does not know yet", async () => {
    const by = await mintKey("tenant_cursor");
    const first = await store(by, {});
    const second = await store(by, {});
    await until(async () => (await listOf("", by)).data.length === 2);
    expect((await call(by, "DELETE", `/v1/chat/completions/${first}`)).status).toBe(200);
    expect((await listOf(`?after=${first}`, by)).data.map(({ id }) => id)).toEqual([second]);
    await env.DB.prepare("DELETE FROM stored_completions WHERE search_id = ?")
      .bind(second.replace("chatcmpl-", "srch_"))
      .run();
    expect((await listOf(`?after=${second}`, by)).data).toEqual([]);
  });

  test.each([
    ["limit=0", "limit"],
    ["limit=101", "limit"],
    ["limit=2.5", "limit"],
    ["limit=", "limit"],
    ["order=up", "order"],
    ["after=chatcmpl-0", "after"],
    ["after=chatcmpl-00000000000000000000000000", "after"],
    [`metadata[${"k".repeat(65)}]=v`, "metadata"],
    [`metadata[k]=${"v".repeat(513)}`, "metadata.k"],
    [Array.from({ length: 17 }, (_unused, index) => `metadata[${index}]=v`).join("&"), "metadata"],
  ])("refuses ?%s", async (query, param) => {
    const response = await call(key, "GET", `/v1/chat/completions?${query}`);
    expect(response.status).toBe(400);
    expect((await errorOf(response)).param).toBe(param);
  });
});

describe("the list by metadata and model", () => {
  const of = (numbers: readonly number[]) => numbers.map((number) => NOTES[number]);
  const notesOf = async (query: string) => (await listOf(query)).data.map(({ metadata }) => metadata);

  test.each([
    ["metadata[team]=red", [0, 1, 3]],
    ["metadata[team]=red&metadata[run]=2", [1, 3]],
    ["metadata[team]=red&metadata[run]=3", []],
    ["metadata[team]=red&metadata[run]=2&metadata[more]=", [3]],
    ["metadata[nothing]=red", []],
    ["metadata[team]=Red", []],
    ["metadata[team]=red&metadata[team]=blue", []],
    [`${encodeURIComponent('metadata[it\'s "a.b"[0]]')}=${encodeURIComponent("100 %&=ü🌳")}`, [2]],
    ["metadata[team]=' OR 1=1 --", []],
  ])("?%s", async (query, numbers) => {
    const found = await notesOf(`?${query}`);
    expect(found).toHaveLength(numbers.length);
    expect(found).toEqual(expect.arrayContaining(of(numbers)));
  });

  test("is paged as the whole list is", async () => {
    const seen: string[] = [];
    const query = { limit: 1, order: "desc" as const, metadata: { team: "red" } };
    for await (const { id } of openAi(key).chat.completions.list(query)) seen.push(id);
    expect(seen).toEqual(await idsOf("?order=desc&metadata[team]=red"));
    expect(seen).toHaveLength(3);
  });

  test("finds by the model as it was named", async () => {
    const named = await store(key, { team: "green" }, `${MODEL}:bon-2`);
    await until(async () => (await listOf("?metadata[team]=green")).data.length === 1);
    expect(await idsOf(`?model=${encodeURIComponent(`${MODEL}:bon-2`)}`)).toEqual([named]);
    expect(await idsOf(`?model=${encodeURIComponent(MODEL)}`)).toEqual(ids);
    expect(await idsOf("?model=nothing")).toEqual([]);
    expect((await call(key, "DELETE", `/v1/chat/completions/${named}`)).status).toBe(200);
  });
});

describe("another tenant", () => {
  test("sees none of it in the list, by any filter or cursor", async () => {
    for (const query of ["", "?order=desc", "?metadata[team]=red", `?model=${MODEL}`]) {
      expect((await listOf(query, foreignKey)).data).toEqual([]);
    }
    const response = await call(foreignKey, "GET", `/v1/chat/completions?after=${ids[0]}`);
    const unknown = await call(foreignKey, "GET", `/v1/chat/completions?after=chatcmpl-${"0".repeat(26)}`);
    expect(await response.json()).toEqual(await unknown.json());
  });

  test.each([
    ["GET", ""],
    ["POST", ""],
    ["DELETE", ""],
    ["GET", "/messages"],
    ["GET", "/search"],
  ])("cannot tell a foreign id from none: %s {id}%s", async (method, below) => {
    const strange = `chatcmpl-${"0".repeat(26)}`;
    const ask = (id: string) =>
      call(foreignKey, method, `/v1/chat/completions/${id}${below}`, method === "POST" ? { metadata: {} } : undefined);
    const foreign = await ask(ids[1] ?? "");
    const none = await ask(strange);
    expect([foreign.status, none.status]).toEqual([404, 404]);
    expect((await foreign.text()).replaceAll(ids[1] ?? "", strange)).toBe(await none.text());
    expect((await call(key, "GET", `/v1/chat/completions/${ids[1]}`)).status).toBe(200);
  });
});

describe("metadata out of OpenAI's bounds", () => {
  const pairs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_unused, index) => [index, "v"]));
  const cases: [string, unknown, string, string][] = [
    ["17 pairs", pairs(17), "metadata", "object_above_max_properties"],
    ["a name of 65", { ["k".repeat(65)]: "v" }, "metadata", "string_above_max_length"],
    ["a value of 513", { k: "v".repeat(513) }, "metadata.k", "string_above_max_length"],
    ["a number", { k: 1 }, "metadata.k", "invalid_type"],
    ["null as a value", { k: null }, "metadata.k", "invalid_type"],
    ["a list", ["v"], "metadata", "invalid_type"],
    ["a text", "v", "metadata", "invalid_type"],
  ];

  test.each(cases)("is refused where it is to be stored: %s", async (_what, metadata, param, code) => {
    const { messages } = question("hello");
    const response = await call(key, "POST", "/v1/chat/completions", { model: MODEL, messages, store: true, metadata });
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({ param, code });
  });

  test.each(cases)("is refused in an update, which then changes nothing: %s", async (_what, metadata, param, code) => {
    const path = `/v1/chat/completions/${ids[0]}`;
    const response = await call(key, "POST", path, { metadata });
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({ param, code });
    expect(await (await call(key, "GET", path)).json()).toMatchObject({ metadata: NOTES[0] });
  });

  test.each(cases)("is no matter where nothing is stored: %s", async (_what, metadata) => {
    const { messages } = question("hello");
    const response = await call(key, "POST", "/v1/chat/completions", { model: MODEL, messages, metadata });
    expect(response.status).toBe(200);
  });

  test("and up to them it is kept to the letter", async () => {
    const metadata = { ...pairs(15), ["ü".repeat(64)]: "🌳".repeat(256) };
    const id = await store(key, metadata);
    expect(await (await call(key, "GET", `/v1/chat/completions/${id}`)).json()).toMatchObject({ metadata });
    expect((await call(key, "DELETE", `/v1/chat/completions/${id}`)).status).toBe(200);
  });

  test.each([
    ["{", "invalid_json"],
    ["[]", "invalid_json"],
    ["{}", "missing_required_parameter"],
  ])("an update must say what it updates: %s", async (body, code) => {
    const response = await call(key, "POST", `/v1/chat/completions/${ids[0]}`, body);
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({ code });
  });

  test("`store` itself must be true or false", async () => {
    const { messages } = question("hello");
    const response = await call(key, "POST", "/v1/chat/completions", { model: MODEL, messages, store: "yes" });
    expect(await errorOf(response)).toMatchObject({ code: "invalid_type", param: "store" });
  });
});
