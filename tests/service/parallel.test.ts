import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createModelServer, type ModelServer } from "../../model/server.ts";
import { embeddedProvider } from "../../scripts/local/providers.ts";
import { type LocalService, startLocalService } from "../../scripts/local/service.ts";

// The product as `npm start` runs it: Miniflare's workerd, D1 and Durable Objects on disk, the real model over HTTP.
const state = mkdtempSync(join(tmpdir(), "espalier-service-"));
let model: ModelServer;
let service: LocalService;
let client: OpenAI;

beforeAll(async () => {
  model = await createModelServer({ latencyMs: 300 });
  service = await startLocalService({ port: 0, stateDirectory: state, providers: [embeddedProvider(model.url)] });
  client = new OpenAI({ baseURL: `${service.url}/v1`, apiKey: service.key, maxRetries: 0 });
});
afterAll(async () => {
  await service.close();
  await model.close();
  rmSync(state, { recursive: true, force: true });
});
beforeEach(() => model.resetLedger());

const messages = [{ role: "user" as const, content: "Use 4 9 10 13 to make 24" }];

/** The SDK sends extra body fields as they are; its types do not know `search`. */
function ask(search: unknown) {
  const body = { model: "espalier/24", messages, search };
  return client.chat.completions.create(body as OpenAI.ChatCompletionCreateParamsNonStreaming);
}

test("16 rollouts at width 8 are two waves by the provider's own ledger, six calls waiting for headers at most", async () => {
  const budget = { max_rollouts: 16, max_parallel: 8 };
  await ask({ method: "best-of-n", verifier: "agreement", budget });
  const { calls, peakConcurrentCalls, peakHeaderWaitingCalls } = model.ledger();
  expect(calls).toHaveLength(16);
  expect(peakConcurrentCalls).toBe(8);
  expect(peakHeaderWaitingCalls).toBeLessThanOrEqual(6);
  // The longest chain of calls that waited for one another: two waves, and a third only where one straggles.
  const byEnd = [...calls].sort((a, b) => (a.endMs ?? 0) - (b.endMs ?? 0));
  let chain = 0;
  let freeFromMs = 0;
  for (const { receivedMs, endMs } of byEnd) {
    if (receivedMs < freeFromMs) continue;
    chain++;
    freeFromMs = endMs ?? Number.POSITIVE_INFINITY;
  }
  expect(chain).toBeLessThanOrEqual(3);
});

test("the curl of npm start: no search object, and the answer is verified", async () => {
  const completion = await client.chat.completions.create({ model: "espalier/24", messages });
  const { search } = completion as unknown as { search: { method: string; verdict: unknown; stop_reason: string } };
  expect(search).toMatchObject({ method: "mcts", stop_reason: "early_stop", verdict: { kind: "verdict", value: 1 } });
  expect(completion.choices[0]?.message.content).toMatch(/Answer: .* = 24$/);
});

test("a problem no verifier knows is asked once, and the answer says why", async () => {
  const hello = [{ role: "user" as const, content: "Hello" }];
  const completion = await client.chat.completions.create({ model: "espalier/24", messages: hello, max_tokens: 5 });
  expect(completion).toMatchObject({ search: { method: "single", note: "no_verifier" } });
  expect(model.ledger().calls).toHaveLength(1);
});

test("streams the verified answer to the unmodified SDK", async () => {
  const stream = client.chat.completions.stream({ model: "espalier/24", messages });
  const completion = await stream.finalChatCompletion();
  expect(completion.choices[0]?.message.content).toMatch(/Answer: .* = 24$/);
  expect(completion.choices[0]?.finish_reason).toBe("stop");
});
