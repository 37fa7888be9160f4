import { abortAllDurableObjects } from "cloudflare:test";
import { beforeAll, expect, test } from "vitest";
import { TOLD, wordsOf } from "../setup/scenarios.ts";
import { call, callsOf, MODEL, mintKey, openAi, question } from "./client.ts";

/** WIRE.md 4.6, on /v1/responses: without a search the text passes through as it comes. */

let key = "";
beforeAll(async () => {
  key = await mintKey("tenant_a");
});

const WORDS = wordsOf(0).join("");

interface Event {
  readonly type: string;
  readonly sequence_number: number;
  readonly delta?: string;
  readonly code?: string;
  readonly response?: { readonly id: string; readonly status: string; readonly output: readonly object[] };
}

async function* eventsOf(response: Response): AsyncGenerator<Event> {
  expect(response.status).toBe(200);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let read = await reader?.read(); read !== undefined && !read.done; read = await reader?.read()) {
    const frames = (rest + read.value).split("\n\n");
    rest = frames.pop() ?? "";
    for (const frame of frames) yield JSON.parse(frame.slice(frame.indexOf("data: ") + "data: ".length)) as Event;
  }
}

async function isUpstreamOpen(tag: string): Promise<boolean> {
  return (await callsOf(tag)).some(({ endedAtMs }) => endedAtMs === null);
}

function stream(scenario: string, extra: object = {}): { tag: string; ask: () => Promise<Response> } {
  const { messages, tag } = question(scenario);
  const body = { model: MODEL, input: messages, stream: true, ...extra };
  return { tag, ask: () => call(key, "POST", "/v1/responses", body) };
}

test("the first words arrive while the provider is still writing, under numbers without a gap", async () => {
  const { ask, tag } = stream("words");
  const events: Event[] = [];
  let wasOpen: boolean | null = null;
  for await (const event of eventsOf(await ask())) {
    if (event.delta !== undefined) wasOpen ??= await isUpstreamOpen(tag);
    events.push(event);
  }
  expect(wasOpen).toBe(true);
  expect(events.map(({ delta }) => delta ?? "").join("")).toBe(WORDS);
  expect(events.map((event) => event.sequence_number)).toEqual(events.map((_event, index) => index));
  expect(events.at(-1)).toMatchObject({ type: "response.completed", response: { status: "completed" } });
});

test("whoever resumes from anywhere is given the very same events, the end's included", async () => {
  const { ask } = stream("words", { background: true });
  const live: Event[] = [];
  for await (const event of eventsOf(await ask())) live.push(event);
  const id = live[0]?.response?.id;
  for (const after of [0, 4, 7, live.length - 2]) {
    const resumed: Event[] = [];
    const path = `/v1/responses/${id}?stream=true&starting_after=${after}`;
    for await (const event of eventsOf(await call(key, "GET", path))) resumed.push(event);
    expect(resumed).toEqual(live.slice(after + 1));
  }
});

test("whoever resumes in the middle sees the rest come live", async () => {
  const { ask, tag } = stream("words", { background: true });
  let id = "";
  let cursor = -1;
  let text = "";
  for await (const event of eventsOf(await ask())) {
    id = event.response?.id ?? id;
    cursor = event.sequence_number;
    text += event.delta ?? "";
    if (event.delta !== undefined) break;
  }
  let wasOpen: boolean | null = null;
  const path = `/v1/responses/${id}?stream=true&starting_after=${cursor}`;
  for await (const event of eventsOf(await call(key, "GET", path))) {
    if (event.delta !== undefined) wasOpen ??= await isUpstreamOpen(tag);
    text += event.delta ?? "";
  }
  expect([text, wasOpen]).toEqual([WORDS, true]);
});

test("an object lost in the middle is not noticed where the provider says the same again", async () => {
  const { ask, tag } = stream("words");
  let text = "";
  let last: Event | null = null;
  for await (const event of eventsOf(await ask())) {
    if (text === "" && event.delta !== undefined) await abortAllDurableObjects();
    text += event.delta ?? "";
    last = event;
  }
  expect([text, last?.type]).toEqual([WORDS, "response.completed"]);
  expect(await callsOf(tag)).toHaveLength(2);
});

test("and where it says something else, the stream ends as failed", async () => {
  const { ask } = stream("other-words");
  let isAborted = false;
  const events: Event[] = [];
  for await (const event of eventsOf(await ask())) {
    if (!isAborted && event.delta !== undefined) await abortAllDurableObjects();
    isAborted ||= event.delta !== undefined;
    events.push(event);
  }
  expect(events.slice(-2)).toMatchObject([
    { type: "error", code: "answer_changed" },
    { type: "response.failed", response: { status: "failed" } },
  ]);
});

test("the SDK's accumulator ends with the text and both calls", async () => {
  const { messages } = question("slow-tools");
  const tools = [{ type: "function" as const, name: "weather", parameters: null, strict: null }];
  const body = { model: MODEL, input: messages, tools };
  const response = await openAi(key).responses.stream(body).finalResponse();
  expect(response.output).toMatchObject([
    { type: "message", status: "completed", content: [{ text: "Let me look." }] },
    { type: "function_call", call_id: "call_a", name: "weather", arguments: '{"city":"Bonn"}' },
    { type: "function_call", name: "clock", arguments: "{}" },
  ]);
});

test("a refusal is a part of its own, and the response is complete", async () => {
  const { messages } = question("refusal");
  const types = new Set<string>();
  const stream = openAi(key).responses.stream({ model: MODEL, input: messages });
  stream.on("event", ({ type }) => types.add(type));
  const response = await stream.finalResponse();
  expect(response).toMatchObject({
    status: "completed",
    output: [{ content: [{ type: "refusal", refusal: "I cannot help with that." }] }],
  });
  expect([types.has("response.refusal.delta"), types.has("response.output_text.delta")]).toEqual([true, false]);
});

test("log-probabilities come with the text, where they are asked for", async () => {
  const { messages } = question("told");
  const body = { model: "espalier/telling", input: messages, top_logprobs: 2 };
  const include: ["message.output_text.logprobs"] = ["message.output_text.logprobs"];
  const streamed: string[] = [];
  const stream = openAi(key).responses.stream({ ...body, include });
  stream.on("response.output_text.delta", ({ logprobs }) => streamed.push(...logprobs.map(({ token }) => token)));
  const response = await stream.finalResponse();
  const tokens = TOLD.map(({ token, logprob }) => ({ token, logprob, top_logprobs: [{ token }, { token: "other" }] }));
  expect(response).toMatchObject({ top_logprobs: 2, output: [{ content: [{ logprobs: tokens }] }] });
  expect(streamed).toEqual(TOLD.map(({ token }) => token));
});

test.each([
  [{ include: ["message.output_text.logprobs"] }, "include"],
  [{ top_logprobs: 2 }, "top_logprobs"],
])("log-probabilities of a model that gives none are refused: %o", async (extra, param) => {
  const response = await call(key, "POST", "/v1/responses", { model: MODEL, input: "hi", ...extra });
  expect([response.status, await response.json()]).toMatchObject([
    400,
    { error: { code: "unsupported_parameter", param } },
  ]);
});
