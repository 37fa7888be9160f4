import {
  abortAllDurableObjects,
  listDurableObjectIds,
  runDurableObjectAlarm,
  runInDurableObject,
} from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { GRACE_MS } from "../../durable-objects/search-tree/departure.ts";
import type { Facts } from "../../durable-objects/search-tree/facts.ts";
import type { SearchTree } from "../../durable-objects/search-tree/search-tree.ts";
import { callsOf, MODEL, mintKey, question, until } from "./client.ts";

let key = "";
beforeAll(async () => {
  key = await mintKey("tenant_gone");
});

interface Sent {
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Begun {
  readonly body: object;
  readonly tag: string;
  readonly response: Promise<Response>;
  /** The client's connection. */
  readonly connection: AbortController;
  readonly search: DurableObjectStub<SearchTree>;
}

function send(body: object, { path = "/v1/chat/completions", headers }: Sent, signal?: AbortSignal): Promise<Response> {
  return exports.default.fetch(
    new Request(`https://espalier.test${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
      ...(signal !== undefined && { signal }),
    }),
  );
}

/** A search whose calls never answer, running for a client that waits. */
async function begin(more: object = {}, sent: Sent = {}): Promise<Begun> {
  const { messages, tag } = question("one-then-stall");
  const search = { method: "best_of_n", verifier: "agreement", budget: { max_rollouts: 4, max_parallel: 2 } };
  const body = { model: MODEL, messages, input: messages, search, ...more };
  const connection = new AbortController();
  const response = send(body, sent, connection.signal);
  response.catch(() => {});
  await until(async () => (await callsOf(tag)).length > 1);
  for (const id of await listDurableObjectIds(env.SEARCH_TREE)) {
    const one = env.SEARCH_TREE.get(id);
    const problem = await one.problem();
    if (problem !== null && new TextDecoder().decode(problem).includes(tag)) {
      return { body, tag, response, connection, search: one };
    }
  }
  throw new Error(`no search of ${tag}`);
}

function factsOf(search: Begun["search"]): Promise<Facts | undefined> {
  return runInDurableObject(search, (_instance, { storage }) => storage.kv.get<Facts>("facts"));
}

async function hasLeft(search: Begun["search"]): Promise<boolean> {
  return (await factsOf(search))?.leftAtMs != null;
}

/** As if the last of those who left had gone so long ago that no retry can come any more, the alarm rings. */
async function passGrace(search: Begun["search"]): Promise<void> {
  if (await hasLeft(search)) {
    const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now() - GRACE_MS);
    await search.leave("whoever left").finally(() => clock.mockRestore());
  }
  await runDurableObjectAlarm(search);
}

async function stateOf(search: Begun["search"]): Promise<string | undefined> {
  return (await search.report())?.state;
}

describe("WIRE 4.6: a client that goes away", () => {
  test.each<[string, object, Sent]>([
    ["before the answer", {}, {}],
    ["from a stream", { stream: true }, {}],
    ["from a response", {}, { path: "/v1/responses" }],
    ["from a streamed response", { stream: true }, { path: "/v1/responses" }],
    ["from a legacy completion's stream", { stream: true, prompt: "x" }, {}],
  ])("%s ends the search with its best so far, and aborts its calls", async (_name, more, sent) => {
    const { connection, search, tag, response } = await begin(more, sent);
    if ("stream" in more) await (await response).body?.getReader().read();
    connection.abort();
    await until(() => hasLeft(search));
    expect(await stateOf(search)).toBe("running");
    await passGrace(search);
    await until(async () => (await stateOf(search)) === "cancelled");
    expect((await search.report())?.answers.map(({ text }) => text)).toEqual(["The first answer."]);
    await until(async () => (await callsOf(tag)).filter(({ isAborted }) => isAborted).length > 0);
  });

  test("and whose retry joins in time, ends nothing", async () => {
    const counted = (count: number) => ({ headers: { "x-stainless-retry-count": String(count) } });
    const { body, connection, search, tag } = await begin({}, counted(0));
    connection.abort();
    await until(() => hasLeft(search));
    const again = new AbortController();
    const retry = send(body, counted(1), again.signal);
    retry.catch(() => {});
    await until(async () => !(await hasLeft(search)));
    await passGrace(search);
    expect(await stateOf(search)).toBe("running");
    const calls = (await callsOf(tag)).length;
    again.abort();
    await until(() => hasLeft(search));
    await passGrace(search);
    await until(async () => (await stateOf(search)) === "cancelled");
    expect((await callsOf(tag)).length).toBe(calls);
  });

  test("ends nothing while somebody else watches the search", async () => {
    const { connection, search, response } = await begin({ stream: true });
    const id = (await response).headers.get("x-search-id");
    const watching = new AbortController();
    const watched = await exports.default.fetch(
      new Request(`https://espalier.test/v1/searches/${id}/events`, {
        headers: { authorization: `Bearer ${key}` },
        signal: watching.signal,
      }),
    );
    const events = watched.body?.getReader();
    await events?.read();
    connection.abort();
    await until(() => hasLeft(search));
    await passGrace(search);
    expect(await stateOf(search)).toBe("running");
    watching.abort();
    await until(async () => ((await factsOf(search))?.leftAtMs ?? 0) > Date.now() - GRACE_MS);
    await passGrace(search);
    await until(async () => (await stateOf(search)) === "cancelled");
  });

  test.each<[string, object, Sent]>([
    ["asks to finish", { search: { method: "best_of_n", verifier: "none", on_disconnect: "finish" } }, {}],
    ["wants it stored", { store: true }, {}],
    ["sent an idempotency key", {}, { headers: { "idempotency-key": "gone" } }],
    ["left it in the background", { background: true, stream: true }, { path: "/v1/responses" }],
  ])("and %s leaves the search to itself", async (_name, more, sent) => {
    const { connection, search, response } = await begin(more, sent);
    if ("stream" in more) await (await response).body?.getReader().read();
    connection.abort();
    await until(() => hasLeft(search));
    await passGrace(search);
    expect(await stateOf(search)).toBe("running");
    await search.cancel();
  });

  test("is not forgotten by an object that was reset: the alarm takes the search up only to end it", async () => {
    const { connection, search } = await begin();
    connection.abort();
    await until(() => hasLeft(search));
    await abortAllDurableObjects();
    const again = env.SEARCH_TREE.get(search.id);
    await passGrace(again);
    await until(async () => (await stateOf(again)) === "cancelled");
  });
});
