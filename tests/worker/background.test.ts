import { abortAllDurableObjects } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import type { SearchEvent } from "../../src/core/event.ts";
import { call, callsOf, MODEL, mintKey, openAi, question, until } from "./client.ts";

let key = "";
let foreignKey = "";
beforeAll(async () => {
  key = await mintKey("tenant_a");
  foreignKey = await mintKey("tenant_b");
});

interface SearchView {
  readonly id: string;
  readonly state: string;
  readonly answer: string | null;
  readonly rollouts: number;
}

const SEARCH = { method: "best_of_n", verifier: "agreement", budget: { max_rollouts: 4, max_parallel: 2 } };

function send(path: string, body: object, headers: Record<string, string> = {}, by = key): Promise<Response> {
  return exports.default.fetch(`https://espalier.test${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${by}`, "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

async function start(scenario: string, by = key) {
  const { messages, tag } = question(scenario);
  const response = await send("/v1/searches", { model: MODEL, messages, search: SEARCH }, {}, by);
  expect(response.status).toBe(202);
  return { ...(await response.json<SearchView>()), tag, location: response.headers.get("location") ?? "" };
}

async function read(id: string): Promise<SearchView> {
  return (await call(key, "GET", `/v1/searches/${id}`)).json<SearchView>();
}

async function ended(id: string): Promise<SearchView> {
  await until(async () => (await read(id)).state !== "running");
  return read(id);
}

async function list(query = "", by = key) {
  const response = await call(by, "GET", `/v1/searches${query}`);
  expect(response.status).toBe(200);
  return response.json<{ data: SearchView[]; has_more: boolean; last_id: string }>();
}

async function eventsOf(id: string, from: number): Promise<SearchEvent[]> {
  const response = await call(key, "GET", `/v1/searches/${id}/events?from=${from}`);
  const lines = new TextDecoder().decode(await response.arrayBuffer()).split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as SearchEvent);
}

describe("a search in the background", () => {
  test("is answered at once while it runs, is polled, and its completion is there in the end", async () => {
    const { id, state, answer, location } = await start("slow");
    expect([state, answer, location]).toEqual(["running", null, `/v1/searches/${id}`]);
    const completionId = id.replace("srch_", "chatcmpl-");
    expect((await call(key, "GET", `/v1/chat/completions/${completionId}`)).status).toBe(404);
    const done = await ended(id);
    expect(done).toMatchObject({ state: "completed", rollouts: 4 });
    const completion = await openAi(key).chat.completions.retrieve(completionId);
    expect(completion.choices[0]?.message.content).toBe(done.answer);
  });

  test.each<[string, object]>([
    ["its body", { background: true }],
    ["its search", { search: { ...SEARCH, background: true } }],
  ])("is also a chat completion that says so in %s", async (_where, extra) => {
    const { messages } = question("slow");
    const response = await send("/v1/chat/completions", { model: MODEL, messages, search: SEARCH, ...extra });
    expect(response.status).toBe(202);
    const { id, state } = await response.json<SearchView>();
    expect(state).toBe("running");
    expect(await ended(id)).toMatchObject({ state: "completed" });
  });

  test("is said nowhere else, and by nothing else than yes or no", async () => {
    const { messages } = question("hello");
    const body = { model: MODEL, messages };
    const byHeader = await send("/v1/chat/completions", body, { "x-search": '{"background":true}' });
    expect([byHeader.status, await byHeader.json()]).toMatchObject([400, { error: { code: "unknown_parameter" } }]);
    for (const background of ["yes", 1]) {
      const response = await send("/v1/chat/completions", { ...body, background });
      expect([response.status, await response.json()]).toMatchObject([400, { error: { param: "background" } }]);
    }
    const no = await send("/v1/chat/completions", { ...body, background: false, search: { background: null } });
    expect([no.status, await no.json()]).toMatchObject([200, { object: "chat.completion" }]);
  });

  test("keeps no completion where it is not to be stored", async () => {
    const { messages } = question("hello");
    const response = await send("/v1/searches", { model: MODEL, messages, store: false });
    const { id } = await response.json<SearchView>();
    expect(await ended(id)).toMatchObject({ state: "completed" });
    const completion = await call(key, "GET", `/v1/chat/completions/${id.replace("srch_", "chatcmpl-")}`);
    expect(completion.status).toBe(404);
  });

  test("goes on after a crash, and its events are taken up from the number they were left at", async () => {
    const { id, tag } = await start("slow");
    await until(async () => (await read(id)).rollouts >= 1);
    const before = await eventsOf(id, 0).then((all) => all.slice(0, 4));
    await abortAllDurableObjects();
    const rest = await eventsOf(id, 4);
    expect(rest[0]?.sequence).toBe(4);
    expect(rest.at(-1)?.type).toBe("search-end");
    expect([...before, ...rest].map(({ sequence }) => sequence)).toEqual([...before, ...rest].map((_one, at) => at));
    expect((await callsOf(tag)).length).toBeLessThanOrEqual(4 + 2);
  });

  test("with a fault in its request is refused before anything is started", async () => {
    const { messages, tag } = question("hello");
    const response = await send("/v1/searches", { model: MODEL, messages, search: { budget: { max_rolouts: 1 } } });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: { param: "search.budget.max_rolouts" } },
    ]);
    expect(await callsOf(tag)).toEqual([]);
  });
});

describe("the list of searches", () => {
  test("has what runs and what has ended, the newest first, a page at a time", async () => {
    const by = await mintKey("tenant_lists");
    const ids: string[] = [];
    for (const scenario of ["hello", "stall", "hello", "stall"]) ids.unshift((await start(scenario, by)).id);
    await until(async () => (await list("?state=running", by)).data.length === 2);
    await until(async () => (await list("?state=completed", by)).data.length === 2);
    const all = await list("", by);
    expect([all.data.map(({ id }) => id), all.has_more]).toEqual([ids, false]);
    expect(all.data.map(({ state }) => state)).toEqual(["running", "completed", "running", "completed"]);
    const pages: string[] = [];
    for (let query = "?limit=1"; ; ) {
      const page = await list(query, by);
      pages.push(...page.data.map(({ id }) => id));
      if (!page.has_more) break;
      query = `?limit=1&after=${page.last_id}`;
    }
    expect(pages).toEqual(ids);
    for (const id of [ids[0], ids[2]]) await call(by, "POST", `/v1/searches/${id}/cancel`);
    await until(async () => (await list("?state=cancelled", by)).data.length === 2);
    expect((await list("?state=running", by)).data).toEqual([]);
    expect((await list("?state=ended", by)).data).toHaveLength(4);
  });

  test("shows no tenant another's, nor what stands beside one", async () => {
    const { id } = await start("stall");
    await until(async () => (await list("?state=running")).data.some((one) => one.id === id));
    expect((await list("?state=running", foreignKey)).data).toEqual([]);
    const beside = await call(foreignKey, "GET", `/v1/searches?after=${id}`);
    expect([beside.status, await beside.json()]).toMatchObject([400, { error: { param: "after" } }]);
    await call(key, "POST", `/v1/searches/${id}/cancel`);
  });

  test.each(["state=walking", "order=asc", "limit=101", "after=srch_nowhere"])("refuses %s", async (query) => {
    const response = await call(key, "GET", `/v1/searches?${query}`);
    expect([response.status, await response.json()]).toMatchObject([400, { error: { param: query.split("=")[0] } }]);
  });
});

describe("I8: an idempotency key", () => {
  const keyed = (text: string) => ({ "idempotency-key": text });

  test("sent fifty times at once is one search, and every answer has the same bytes", async () => {
    const { messages, tag } = question("slow");
    const body = { model: MODEL, messages, search: SEARCH };
    const sent = Array.from({ length: 50 }, () => send("/v1/chat/completions", body, keyed("fifty")));
    const texts = await Promise.all(sent.map(async (one) => (await one).text()));
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toContain("chat.completion");
    expect(await callsOf(tag)).toHaveLength(SEARCH.budget.max_rollouts);
    const again = await send("/v1/chat/completions", body, keyed("fifty"));
    expect(await again.text()).toBe(texts[0]);
    expect(await callsOf(tag)).toHaveLength(SEARCH.budget.max_rollouts);
  });

  test("still means the same search where its object fell between the start and the answer", async () => {
    const { messages, tag } = question("slow");
    const body = { model: MODEL, messages, search: SEARCH };
    const first = send("/v1/searches", body, keyed("crash")).catch(() => null);
    await until(async () => (await callsOf(tag)).length >= 1);
    await abortAllDurableObjects();
    const lost = await first;
    const retry = await send("/v1/searches", body, keyed("crash"));
    expect(retry.status).toBe(202);
    const { id } = await retry.json<SearchView>();
    if (lost?.status === 202) expect((await lost.json<SearchView>()).id).toBe(id);
    expect(await ended(id)).toMatchObject({ state: "completed", rollouts: 4 });
    const started = await env.DB.prepare("SELECT count(*) AS n FROM searches WHERE id = ?").bind(id).first("n");
    expect(started).toBe(1);
  });

  test("with another body is refused, and nothing is spent", async () => {
    const one = question("hello");
    const other = question("hello");
    expect((await send("/v1/searches", { model: MODEL, messages: one.messages }, keyed("taken"))).status).toBe(202);
    const refused = await send("/v1/searches", { model: MODEL, messages: other.messages }, keyed("taken"));
    expect([refused.status, await refused.json()]).toMatchObject([400, { error: { code: "idempotency_key_reused" } }]);
    // Nor is it another endpoint's.
    const elsewhere = await send("/v1/chat/completions", { model: MODEL, messages: other.messages }, keyed("taken"));
    expect(elsewhere.status).toBe(400);
    expect(await callsOf(other.tag)).toEqual([]);
  });

  test("is each tenant's own", async () => {
    const { messages } = question("hello");
    const body = { model: MODEL, messages };
    const [mine, theirs] = await Promise.all(
      [key, foreignKey].map(async (by) => (await send("/v1/searches", body, keyed("shared"), by)).json<SearchView>()),
    );
    expect(mine?.id).not.toBe(theirs?.id);
  });
});
