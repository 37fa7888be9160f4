import { setTimeout as sleep } from "node:timers/promises";
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createModelServer, type ModelServer } from "../../model/server.ts";

let server: ModelServer;
let client: OpenAI;
const model = "espalier-24";
const problem = [{ role: "user" as const, content: "Use 4 9 10 13 to make 24" }];

beforeAll(async () => {
  server = await createModelServer();
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none", maxRetries: 0 });
});
afterAll(() => server.close());
beforeEach(() => server.resetLedger());

const post = (body: unknown) =>
  fetch(`${server.url}/v1/chat/completions`, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
const textsOf = (completion: OpenAI.ChatCompletion) => completion.choices.map((choice) => choice.message.content);

test("a greedy completion has step lines, an answer and a usage", async () => {
  const completion = await client.chat.completions.create({ model, messages: problem, temperature: 0 });
  const [choice] = completion.choices;
  expect(choice?.message.content).toMatch(/^\d+ [-+*/] \d+ = \d+ \(left: .*\)\n/);
  expect(choice?.message.content).toContain("Answer: ");
  expect(choice?.finish_reason).toBe("stop");
  expect(completion.usage?.prompt_tokens).toBe(10);
  expect(completion.usage?.completion_tokens).toBeGreaterThan(30);
});

test("the same seed gives the same choices, whatever n is and whatever runs beside it", async () => {
  const ask = (n: number) => client.chat.completions.create({ model, messages: problem, seed: 7, n });
  const alone = textsOf(await ask(2));
  const others = Array.from({ length: 6 }, (_, index) =>
    client.chat.completions.create({ model, messages: problem, seed: index, n: 5 }),
  );
  const crowded = textsOf(await ask(8));
  await Promise.all(others);
  expect(crowded.slice(0, 2)).toEqual(alone);
  expect(new Set(crowded).size).toBeGreaterThan(1);
});

test("a stream carries the same texts as a plain answer, in OpenAI's chunk shapes", async () => {
  const plain = await client.chat.completions.create({ model, messages: problem, seed: 3, n: 3 });
  const stream = await client.chat.completions.create({
    model,
    messages: problem,
    seed: 3,
    n: 3,
    stream: true,
    stream_options: { include_usage: true },
  });
  const texts = ["", "", ""];
  const kinds: string[][] = [[], [], []];
  let usage: OpenAI.CompletionUsage | null | undefined;
  for await (const chunk of stream) {
    expect(chunk.object).toBe("chat.completion.chunk");
    if (chunk.choices.length === 0) usage = chunk.usage;
    for (const { index, delta, finish_reason } of chunk.choices) {
      texts[index] += delta.content ?? "";
      kinds[index]?.push(delta.role ?? finish_reason ?? "delta");
    }
  }
  expect(texts).toEqual(textsOf(plain));
  expect(usage?.completion_tokens).toBe(plain.usage?.completion_tokens);
  for (const kind of kinds) {
    expect(kind[0]).toBe("assistant");
    expect(kind.at(-1)).toBe("stop");
    expect(kind.filter((word) => word !== "delta")).toHaveLength(2);
  }
});

test("a stop sequence ends the text before it", async () => {
  const whole = await client.chat.completions.create({ model, messages: problem, temperature: 0 });
  const text = whole.choices[0]?.message.content ?? "";
  for (const stop of ["\n", ["(left", "\n"], " = "]) {
    const completion = await client.chat.completions.create({ model, messages: problem, temperature: 0, stop });
    const first = [stop].flat().map((sequence) => text.split(sequence)[0] ?? "");
    expect(completion.choices[0]?.message.content).toBe(first.sort((a, b) => a.length - b.length)[0]);
    expect(completion.choices[0]?.finish_reason).toBe("stop");
  }
});

test("a last assistant message is continued, and the answer holds only what follows", async () => {
  const whole = await client.chat.completions.create({ model, messages: problem, temperature: 0 });
  const text = whole.choices[0]?.message.content ?? "";
  const cut = text.indexOf("\n") + 1;
  const rest = await client.chat.completions.create({
    model,
    messages: [...problem, { role: "assistant", content: text.slice(0, cut) }],
    temperature: 0,
  });
  expect(rest.choices[0]?.message.content).toBe(text.slice(cut));
  expect(rest.usage?.prompt_tokens_details?.cached_tokens).toBeGreaterThan(9);
});

test("log-probabilities are those of the model at temperature 1, and the best alternatives come first", async () => {
  const completion = await client.chat.completions.create({
    model,
    messages: [{ role: "user", content: "Judge: 4 4 10" }],
    max_tokens: 1,
    temperature: 0,
    logprobs: true,
    top_logprobs: 20,
  });
  const content = completion.choices[0]?.logprobs?.content ?? [];
  expect(content).toHaveLength(1);
  const top = content[0]?.top_logprobs ?? [];
  expect(top).toHaveLength(20);
  expect(
    top
      .slice(0, 2)
      .map((token) => token.token)
      .sort(),
  ).toEqual(["no", "yes"]);
  const mass = top.reduce((sum, token) => sum + Math.exp(token.logprob), 0);
  expect(mass).toBeGreaterThan(0.98);
  expect(mass).toBeLessThanOrEqual(1.000001);
  expect(content[0]?.token).toBe(top[0]?.token);
  expect(completion.choices[0]?.finish_reason).toBe("length");
});

test("the log-probability of a text is the sum over its tokens, and does not depend on the temperature", async () => {
  const ask = (temperature: number) =>
    client.chat.completions.create({ model, messages: problem, temperature, seed: 1, logprobs: true, stop: "\n" });
  for (const completion of [await ask(0), await ask(1.5)]) {
    const content = completion.choices[0]?.logprobs?.content ?? [];
    expect(content.map((token) => token.token).join("")).toBe(completion.choices[0]?.message.content);
    for (const token of content) {
      expect(token.logprob).toBeLessThanOrEqual(1e-6);
      expect(token.bytes).toEqual([...new TextEncoder().encode(token.token)]);
    }
  }
});

test("generation stops at once when the client goes away", async () => {
  const abort = new AbortController();
  const request = client.chat.completions.create(
    { model, messages: problem, n: 128, temperature: 2, stream: true },
    { signal: abort.signal },
  );
  for await (const _ of await request) break;
  abort.abort();
  await sleep(50);
  const [call] = server.ledger().calls;
  expect(call?.aborted).toBe(true);
  const tokens = call?.completionTokens;
  expect(tokens).toBeGreaterThan(0);
  await sleep(50);
  expect(server.ledger().calls[0]?.completionTokens).toBe(tokens);
});

test("many concurrent requests are all answered and are in the ledger", async () => {
  const answers = await Promise.all(
    Array.from({ length: 24 }, (_, seed) => client.chat.completions.create({ model, messages: problem, seed, n: 4 })),
  );
  const ledger = server.ledger();
  expect(ledger.calls).toHaveLength(24);
  expect(ledger.peakConcurrentCalls).toBeGreaterThan(8);
  expect(ledger.totals.completionTokens).toBe(
    answers.reduce((sum, answer) => sum + (answer.usage?.completion_tokens ?? 0), 0),
  );
  expect(ledger.calls.every((call) => call.finish.length === 4 && !call.aborted && call.endMs !== null)).toBe(true);
});

test("null is accepted for every optional parameter, and unknown parameters are ignored", async () => {
  const optional = ["temperature", "top_p", "seed", "n", "stop", "logprobs", "top_logprobs", "max_tokens"];
  const more = ["max_completion_tokens", "stream", "stream_options", "response_format", "tools", "whatever"];
  const body = Object.fromEntries([...optional, ...more].map((name) => [name, null]));
  const response = await post({ model, messages: problem, ...body });
  expect(response.status).toBe(200);
});

test("the models list says what the model knows", async () => {
  const response = await fetch(`${server.url}/models`);
  const { data } = (await response.json()) as { data: { id: string; description: string }[] };
  expect(data.map((entry) => entry.id)).toEqual([model]);
  expect(data[0]?.description).toContain("only the Game of 24");
});

describe("errors are JSON in OpenAI's shape", () => {
  const cases: readonly [string, unknown, number, string | null, string | null][] = [
    ["bad JSON", "{", 400, null, "invalid_json"],
    ["no model", { messages: problem }, 400, "model", "invalid_value"],
    ["another model", { model: "gpt-9", messages: problem }, 404, "model", "model_not_found"],
    ["no messages", { model, messages: [] }, 400, "messages", "invalid_value"],
    ["n too large", { model, messages: problem, n: 129 }, 400, "n", "invalid_value"],
    ["a hot temperature", { model, messages: problem, temperature: 2.1 }, 400, "temperature", "invalid_value"],
    ["five stops", { model, messages: problem, stop: ["a", "b", "c", "d", "e"] }, 400, "stop", "invalid_value"],
    [
      "a prompt beyond the context",
      { model, messages: [{ role: "user", content: "4 9 ".repeat(200) }] },
      400,
      "messages",
      "context_length_exceeded",
    ],
  ];
  test.each(cases)("%s", async (_, body, status, param, code) => {
    const response = await post(body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { type: "invalid_request_error", param, code } });
  });

  test("an unknown URL and a wrong method", async () => {
    expect((await fetch(`${server.url}/v1/embeddings`)).status).toBe(404);
    const response = await fetch(`${server.url}/v1/chat/completions`);
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("POST");
  });
});

test("latency delays the first token but not the headers of a stream", async () => {
  const slow = await createModelServer({ latencyMs: 120 });
  try {
    const startMs = performance.now();
    const response = await fetch(`${slow.url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ model, messages: problem, stream: true }),
    });
    const headersMs = performance.now() - startMs;
    await response.text();
    expect(headersMs).toBeLessThan(100);
    expect(performance.now() - startMs).toBeGreaterThan(115);
  } finally {
    await slow.close();
  }
});
