import { expect, test } from "vitest";
import type { SearchSummary } from "../../durable-objects/search-tree/protocol.ts";
import { createChunkWriter, splitText } from "../../src/api/chat-completions/chunks.ts";
import { resultOrHold, whitespaceThen } from "../../src/api/chat-completions/keep-alive.ts";
import { streamAnswer } from "../../src/api/chat-completions/stream.ts";

const summary: SearchSummary = {
  id: "srch_1",
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
  answers: [
    {
      nodeId: "1.0",
      text: "hi",
      ending: "stop",
      toolCallsJson: null,
      promptTokens: 1,
      completionTokens: 1,
      score: null,
    },
  ],
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

function after<T>(delayMs: number, value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(() => resolve(value), delayMs));
}

const chunks = createChunkWriter({ id: "chatcmpl-1", created: 1, model: "m", isLegacy: false }, 1, false);

test("heartbeats are valid, empty chunks between the role and the text", async () => {
  const text = await new Response(streamAnswer(chunks, 1, after(95, summary), { heartbeatMs: 30 })).text();
  const deltas = text
    .split("\n\n")
    .filter((line) => line.startsWith("data: {"))
    .map((line) => JSON.parse(line.slice("data: ".length)).choices[0].delta);
  expect(deltas[0]).toEqual({ role: "assistant", content: "", refusal: null });
  const heartbeats = deltas.slice(1, -2);
  expect(heartbeats.length).toBeGreaterThanOrEqual(2);
  expect(heartbeats.every((delta) => delta.content === "" && Object.keys(delta).length === 1)).toBe(true);
  expect(deltas.slice(-2)).toEqual([{ content: "hi" }, {}]);
  expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
});

test("a bug after the first byte is an error frame, and no [DONE]", async () => {
  const text = await new Response(streamAnswer(chunks, 1, Promise.reject(new Error("boom")))).text();
  expect(text).toContain('data: {"error":{"message":"The server had an error');
  expect(text).not.toContain("[DONE]");
  expect(text).not.toContain("boom");
});

test("leading whitespace parses as the JSON behind it", async () => {
  const body = await new Response(whitespaceThen(after(40, summary), (one) => ({ id: one.id }), 10)).text();
  expect(body).toMatch(/^\n{2,}\{/);
  expect(JSON.parse(body)).toEqual({ id: "srch_1" });
});

test("the status is held while there is no candidate, and let go as soon as there is one", async () => {
  const startedAtMs = Date.now();
  const hasCandidate = async (): Promise<boolean> => Date.now() - startedAtMs > 60;
  const timing = { holdStatusMs: 20, askAgainMs: 10 };
  expect(await resultOrHold(after(5000, summary), hasCandidate, timing)).toBe(null);
  expect(Date.now() - startedAtMs).toBeLessThan(1000);
  expect(await resultOrHold(after(60, summary), async () => false, timing)).toBe(summary);
});

test("text is cut between code points", () => {
  const text = `${"a".repeat(39)}🌳b`;
  expect(splitText(text)).toEqual([`${"a".repeat(39)}🌳`, "b"]);
  expect(splitText("")).toEqual([]);
});
