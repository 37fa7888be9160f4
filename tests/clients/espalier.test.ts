import { describe, expect, test } from "vitest";
import { createCanceller } from "../../src/core/cancellation.ts";
import type { CompletionOutcome, CompletionRequest } from "../../src/core/model.ts";
import type { AdapterName } from "../../src/providers/adapter.ts";
import { createGate } from "../../src/providers/gate.ts";
import { createModel } from "../../src/providers/index.ts";
import { clock, QUESTION, textsOf } from "../providers/support.ts";
import { MODEL, setStage } from "./stage.ts";
import { CITY } from "./weather.ts";

const stage = setStage();

/** One Espalier as the provider of another: our adapters against our own endpoints, which OpenAI's document judges. */
async function complete(
  adapter: AdapterName,
  scenario: string,
  request: Partial<CompletionRequest> = {},
): Promise<CompletionOutcome & { readonly hops: unknown }> {
  const asked = stage.ask(scenario);
  const model = createModel({
    provider: {
      name: "espalier",
      adapter,
      baseUrl: asked.baseURL,
      apiKey: asked.apiKey,
      models: [],
      headerTimeoutMs: 60_000,
      idleTimeoutMs: 60_000,
    },
    model: {
      id: "a/b",
      upstream: MODEL,
      description: null,
      capabilities: {
        n: "unknown",
        continuation: false,
        logprobs: true,
        instructions: true,
        stepSeparator: "\n\n",
        stepTokens: null,
        seed: adapter === "openai",
      },
      price: { promptMicrodollarsPerMillion: 0, completionMicrodollarsPerMillion: 0 },
      prompts: {},
    },
    gate: createGate(),
    clock,
  });
  const messages = [{ role: "user" as const, content: asked.prompt }];
  const outcome = await model.complete({ ...QUESTION, messages, ...request }, createCanceller().signal);
  return { ...outcome, hops: stage.callsOf(asked)[0]?.headers["x-espalier-hops"] };
}

const tools = [{ type: "function", function: { name: "weather", parameters: CITY } }];

describe.each(["openai", "openai-responses", "openai-completions"] as const)("%s", (adapter) => {
  test("brings an answer with its usage, and says that a search lies behind the next call", async () => {
    const outcome = await complete(adapter, "hello");
    expect(textsOf(outcome)[0]).not.toBe("");
    expect(outcome.attempts).toMatchObject([{ outcome: "completed", isEstimated: false }]);
    expect(outcome.attempts[0]?.providerRequestId).toBeTypeOf("string");
    expect(outcome.hops).toBe("2");
  });

  // The headers have left by then: the error comes in the stream, and has no Retry-After.
  test("hears of a 429", async () => {
    const { result } = await complete(adapter, "rate-limited");
    expect(result).toMatchObject({ ok: false, error: { type: "rate-limited" } });
  });

  // A failed response of ours carries a code that OpenAI's document does not list, which the stage objects to.
  test.skipIf(adapter === "openai-responses")("hears of a context that is too long", async () => {
    expect((await complete(adapter, "context-length")).result).toMatchObject({ error: { type: "context-length" } });
  });
});

describe.each(["openai", "openai-responses", "openai-auto"] as const)("%s", (adapter) => {
  test("brings tool calls", async () => {
    const { result } = await complete(adapter, "two-tools", { forwarded: { tools } });
    if (!result.ok) throw new Error(result.error.message);
    expect(result.value[0]?.ending).toBe("tool-calls");
    expect(result.value[0]?.toolCalls).toMatchObject([
      { function: { name: "weather", arguments: expect.stringContaining("city") } },
      { function: { name: "weather", arguments: expect.stringContaining("city") } },
    ]);
  });

  test("brings structured output", async () => {
    const schema = { type: "object", properties: { city: { type: "string" }, degrees: { type: "number" } } };
    const format = { type: "json_schema", json_schema: { name: "weather", schema } };
    const outcome = await complete(adapter, "weather", { forwarded: { response_format: format } });
    expect(JSON.parse(textsOf(outcome)[0] ?? "")).toEqual({ city: "Bonn", degrees: 21 });
  });

  test("tells a refusal from an answer", async () => {
    const { result } = await complete(adapter, "refusal");
    expect(result).toMatchObject({ ok: true, value: [{ ending: "content-filter", refusalFrom: 0 }] });
  });
});
