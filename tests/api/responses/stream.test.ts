import OpenAI from "openai";
import { expect, test } from "vitest";
import type { AnswerView, SearchSummary } from "../../../durable-objects/search-tree/protocol.ts";
import { parseResponseRequest } from "../../../src/api/responses/request.ts";
import type { ResponseHead } from "../../../src/api/responses/response.ts";
import { streamResponse } from "../../../src/api/responses/stream.ts";

const answer: AnswerView = {
  nodeId: "1.0",
  text: "An answer 🌳 that is long enough to be cut into more than a single piece of text.",
  ending: "stop",
  toolCallsJson: JSON.stringify([{ id: "call_1", type: "function", function: { name: "f", arguments: "" } }]),
  promptTokens: 1,
  completionTokens: 1,
  score: null,
};

const summary: SearchSummary = {
  id: "srch_abcdefghijklmnopqrstuvwxyz",
  state: "completed",
  model: "m",
  method: "single",
  seed: 1,
  stopReason: "completed",
  createdAtMs: 0,
  endedAtMs: 1,
  wallMs: 1,
  rollouts: 1,
  spent: { calls: 1, promptTokens: 1, completionTokens: 1, cachedTokens: 0, microdollars: 0 },
  answers: [answer],
  error: null,
  clamped: [],
  verifiers: [],
  note: null,
  selection: null,
  selectionScore: null,
  value: null,
  promptHashes: {},
  emulated: [],
};

function headOf(extra: object = {}): ResponseHead {
  const request = parseResponseRequest({ model: "m", input: "hi", ...extra });
  if (!request.ok) throw new Error("no request");
  return { searchId: summary.id, createdAtMs: 0, settings: request.value.settings };
}

interface Event {
  readonly type: string;
  readonly sequence_number: number;
  readonly delta?: string;
  readonly item?: object;
  readonly error?: object;
  readonly response?: { readonly status: string; readonly output: readonly object[] };
}

async function eventsOf(stream: ReadableStream<Uint8Array>): Promise<Event[]> {
  const frames = (await new Response(stream).text()).split("\n\n").filter((frame) => frame !== "");
  return frames.map((frame) => JSON.parse(frame.split("\ndata: ")[1] ?? "") as Event);
}

function later<T>(delayMs: number, value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(() => resolve(value), delayMs));
}

const heartbeatMs = 30;

test("a sign of life is the newest event once more, and moves no number", async () => {
  const events = await eventsOf(streamResponse(headOf(), later(95, summary), { after: -1, heartbeatMs }));
  const waited = events.filter(({ type }) => type === "response.in_progress");
  expect(waited.length).toBeGreaterThanOrEqual(3);
  for (const event of waited) expect(event).toEqual(events[1]);
  const others = events.filter((event, index) => index === 1 || event.type !== "response.in_progress");
  expect(others.map((event) => event.sequence_number)).toEqual(others.map((_event, index) => index));
});

test("OpenAI's own accumulator takes signs of life for nothing", async () => {
  const client = new OpenAI({
    apiKey: "esp_test",
    fetch: async () =>
      new Response(streamResponse(headOf(), later(95, summary), { after: -1, heartbeatMs }), {
        headers: { "content-type": "text/event-stream" },
      }),
  });
  const seen: string[] = [];
  const stream = client.responses.stream({ model: "m", input: "hi" });
  stream.on("event", (event) => seen.push(event.type));
  const response = await stream.finalResponse();
  expect(seen.filter((type) => type === "response.in_progress").length).toBeGreaterThan(1);
  expect(response).toMatchObject({ status: "completed", output_text: answer.text });
  expect(response.output).toHaveLength(2);
});

test("whoever comes back gets the same events under the same numbers, however long it took", async () => {
  const slow = await eventsOf(streamResponse(headOf(), later(70, summary), { after: -1, heartbeatMs }));
  const whole = await eventsOf(streamResponse(headOf(), Promise.resolve(summary), { after: -1 }));
  expect(slow.filter((event, index) => index < 2 || event.sequence_number > 1)).toEqual(whole);
  for (const after of [0, 1, 4, whole.length - 1, whole.length]) {
    const rest = await eventsOf(streamResponse(headOf(), Promise.resolve(summary), { after }));
    expect(rest).toEqual(whole.slice(after + 1));
  }
});

test("text comes in pieces that add up, before the calls, and a call without arguments has an empty object", async () => {
  const events = await eventsOf(streamResponse(headOf(), Promise.resolve(summary), { after: -1 }));
  const deltas = events.filter(({ type }) => type === "response.output_text.delta");
  expect(deltas.length).toBeGreaterThan(1);
  expect(deltas.map(({ delta }) => delta).join("")).toBe(answer.text);
  expect(events.at(-1)).toMatchObject({
    type: "response.completed",
    response: { output: [{ type: "message" }, { type: "function_call", name: "f", arguments: "{}" }] },
  });
});

test("a cancelled response ends as what it is, with its best so far", async () => {
  const cancelled: SearchSummary = { ...summary, state: "cancelled", stopReason: "cancelled" };
  const events = await eventsOf(
    streamResponse(headOf({ background: true }), Promise.resolve(cancelled), { after: -1 }),
  );
  expect(events.slice(0, 3).map(({ type }) => type)).toEqual([
    "response.created",
    "response.queued",
    "response.in_progress",
  ]);
  expect(events.at(-1)).toMatchObject({ type: "response.incomplete", response: { status: "cancelled" } });
  expect(events.at(-1)?.response?.output).toHaveLength(2);
});

test("a search without an answer ends in an error that both dialects understand, and a failed response", async () => {
  const failed: SearchSummary = { ...summary, state: "failed", stopReason: "milliseconds", answers: [] };
  const events = await eventsOf(streamResponse(headOf(), Promise.resolve(failed), { after: -1 }));
  const code = "budget_too_small";
  expect(events.slice(-2)).toMatchObject([
    { type: "error", code, error: { code, param: null } },
    { type: "response.failed", response: { status: "failed", output: [], error: { code } } },
  ]);
});

test("a stream whose search is lost ends in an error and not in silence", async () => {
  const lost = Promise.reject(new Error("gone"));
  const events = await eventsOf(streamResponse(headOf(), lost, { after: -1 }));
  expect(events.at(-1)).toMatchObject({ type: "error", sequence_number: 2 });
});
