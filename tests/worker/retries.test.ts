import { exports } from "cloudflare:workers";
import OpenAI from "openai";
import { beforeAll, describe, expect, test } from "vitest";
import { callsOf, MODEL, mintKey, question, until } from "./client.ts";

let key = "";
let stranger = "";
beforeAll(async () => {
  key = await mintKey("tenant_a");
  stranger = await mintKey("tenant_b");
});

interface Sent {
  readonly headers?: Record<string, string>;
  readonly key?: string;
  readonly signal?: AbortSignal;
}

function send(body: object, { headers, key: own, signal }: Sent = {}): Promise<Response> {
  return exports.default.fetch(
    new Request("https://espalier.test/v1/chat/completions", {
      method: "POST",
      headers: { authorization: `Bearer ${own ?? key}`, "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
      ...(signal !== undefined && { signal }),
    }),
  );
}

const counted = (count: number) => ({ "x-stainless-retry-count": String(count) });
const keyed = (text: string) => ({ "idempotency-key": text });

async function idOf(response: Response): Promise<string> {
  expect(response.status).toBe(200);
  return (await response.json<{ id: string }>()).id;
}

describe("a retry", () => {
  test("joins the search that its first request began and that still runs", async () => {
    const { messages, tag } = question("slow");
    const body = { model: MODEL, messages };
    const first = send(body, { headers: counted(0) });
    await until(async () => (await callsOf(tag)).length === 1);
    const retry = send(body, { headers: counted(1) });
    expect(await idOf(await retry)).toBe(await idOf(await first));
    expect(await callsOf(tag)).toHaveLength(1);
  });

  test("of the SDK's own making, after its timeout, costs nothing more", async () => {
    const { messages, tag } = question("slow");
    const sdk = new OpenAI({
      apiKey: key,
      baseURL: "https://espalier.test/v1",
      timeout: 250,
      maxRetries: 2,
      fetch: (url, init) => exports.default.fetch(new Request(url as string, init as RequestInit)),
    });
    const completion = await sdk.chat.completions.create({ model: MODEL, messages });
    expect(completion.choices[0]?.message.content).toMatch(/^Answer: 1/);
    expect(await callsOf(tag)).toHaveLength(1);
  });

  test("gets the answer of a search that ended when nobody was there any more", async () => {
    const { messages, tag } = question("slow");
    const body = { model: MODEL, messages };
    const gone = new AbortController();
    const first = send(body, { headers: counted(0), signal: gone.signal });
    await until(async () => (await callsOf(tag)).length === 1);
    gone.abort();
    await expect(first).rejects.toThrow();
    await until(async () => (await callsOf(tag)).every(({ endedAtMs }) => endedAtMs !== null));
    await new Promise((resolve) => setTimeout(resolve, 300));
    await idOf(await send(body, { headers: counted(1) }));
    expect(await callsOf(tag)).toHaveLength(1);
  });

  test("of a twin's request, whose answer the twin has got, is a search of its own", async () => {
    const { messages, tag } = question("distinct");
    const body = { model: MODEL, messages };
    const served = await idOf(await send(body, { headers: counted(0) }));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await idOf(await send(body, { headers: counted(1) }))).not.toBe(served);
    expect(await callsOf(tag)).toHaveLength(2);
  });

  test("of a response joins as well, and is the same response", async () => {
    const { messages, tag } = question("slow");
    const create = async (count: number): Promise<string> => {
      const response = await exports.default.fetch("https://espalier.test/v1/responses", {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...counted(count) },
        body: JSON.stringify({ model: MODEL, input: messages }),
      });
      return (await response.json<{ id: string }>()).id;
    };
    const first = create(0);
    await until(async () => (await callsOf(tag)).length === 1);
    expect(await create(1)).toBe(await first);
    expect(await callsOf(tag)).toHaveLength(1);
  });

  test("of another tenant joins nothing", async () => {
    const { messages, tag } = question("slow");
    const body = { model: MODEL, messages };
    const first = send(body, { headers: counted(0) });
    await until(async () => (await callsOf(tag)).length === 1);
    const other = await send(body, { headers: counted(1), key: stranger });
    expect(await idOf(other)).not.toBe(await idOf(await first));
  });

  test("that asks something else joins nothing", async () => {
    const { messages, tag } = question("slow");
    const first = send({ model: MODEL, messages }, { headers: counted(0) });
    await until(async () => (await callsOf(tag)).length === 1);
    const other = await send({ model: MODEL, messages, max_tokens: 77 }, { headers: counted(1) });
    expect(await idOf(other)).not.toBe(await idOf(await first));
  });

  test("after a failure is a search of its own", async () => {
    const { messages, tag } = question("unauthorized");
    const body = { model: MODEL, messages };
    expect((await send(body, { headers: counted(0) })).status).toBe(502);
    const before = (await callsOf(tag)).length;
    expect((await send(body, { headers: counted(1) })).status).toBe(502);
    expect((await callsOf(tag)).length).toBeGreaterThan(before);
  });
});

test("equal first requests are equal in nothing but the question, also at the same time", async () => {
  const { messages, tag } = question("distinct");
  const body = { model: MODEL, messages };
  const sent = Array.from({ length: 4 }, () => send(body, { headers: counted(0) }).then(idOf));
  expect(new Set(await Promise.all(sent)).size).toBe(4);
  expect(await callsOf(tag)).toHaveLength(4);
});

describe("an idempotency key", () => {
  test("sent twice with one request is one search", async () => {
    const { messages, tag } = question("distinct");
    const body = { model: MODEL, messages };
    const [one, two] = await Promise.all([send(body, { headers: keyed(tag) }), send(body, { headers: keyed(tag) })]);
    expect(await idOf(two)).toBe(await idOf(one));
    expect(await idOf(await send(body, { headers: keyed(tag), key: stranger }))).toMatch(/^chatcmpl-/);
    expect(await callsOf(tag)).toHaveLength(2);
  });

  test("sent with another request is a 400 that no SDK repeats", async () => {
    const { messages, tag } = question("hello");
    await idOf(await send({ model: MODEL, messages }, { headers: keyed(tag) }));
    const response = await send({ model: MODEL, messages, max_tokens: 77 }, { headers: keyed(tag) });
    expect(response.status).toBe(400);
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect(await response.json()).toMatchObject({ error: { code: "idempotency_key_reused" } });
  });
});

test("a search ends within nine tenths of the client's own timeout", async () => {
  const { messages } = question("one-then-stall");
  const body = {
    model: MODEL,
    messages,
    search: { method: "best-of-n", budget: { max_rollouts: 3, max_parallel: 1 } },
  };
  const response = await send(body, { headers: { "x-stainless-timeout": "2" } });
  expect(await response.json()).toMatchObject({ search: { stop_reason: "wall" } });
});

test("a provider that wants an hour of peace is not asked again by the SDK", async () => {
  const response = await send({ model: MODEL, messages: question("rate-limited").messages });
  expect(response.status).toBe(429);
  expect(response.headers.get("retry-after")).toBe("3600");
  expect(response.headers.get("x-should-retry")).toBe("false");
});
