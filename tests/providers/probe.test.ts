import { afterEach, expect, test } from "vitest";
import { probe, Unreachable } from "../../scripts/probe/probe.ts";
import type { ModelConfig, ProviderConfig } from "../../src/providers/config.ts";
import {
  answer,
  createScriptedUpstream,
  FAULTS,
  refusal,
  refusalOfN,
  type Script,
  type ScriptedUpstream,
} from "../upstream/index.ts";
import { clock } from "./support.ts";

const opened: ScriptedUpstream[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((upstream) => upstream.close()));
});

async function probed(script: Script) {
  const upstream = await createScriptedUpstream(script);
  opened.push(upstream);
  const capabilities = {
    n: "unknown",
    continuation: false,
    logprobs: true,
    instructions: true,
    stepSeparator: "\n\n",
    stepTokens: null,
  } as const;
  const price = { promptMicrodollarsPerMillion: 0, completionMicrodollarsPerMillion: 0 };
  const model: ModelConfig = { id: "m", upstream: "scripted", description: null, capabilities, price, prompts: {} };
  const provider: ProviderConfig = {
    name: "p",
    baseUrl: upstream.url,
    apiKey: null,
    headerTimeoutMs: 2000,
    idleTimeoutMs: 2000,
    models: [model],
  };
  const found = await probe(provider, model, clock);
  return { ...found, seen: upstream.ledger.calls.length };
}

const valueIn = (found: Awaited<ReturnType<typeof probed>>, name: string) =>
  found.findings.find((one) => one.name === name)?.value;

test("a provider that can do it all is found out to, and its calls are counted", async () => {
  const found = await probed(({ body, count, seed, messages }) => {
    if (body.reasoning_effort !== undefined && !["low", "high"].includes(String(body.reasoning_effort)))
      return refusal(400, "reasoning_effort");
    if (body.tools !== undefined) {
      const call = { index: 0, id: "c", type: "function", function: { name: "weather", arguments: "{}" } };
      return answer([{ pieces: [], finishReason: "tool_calls", toolCallDeltas: [call] }]);
    }
    if (body.response_format !== undefined) return answer(['{"color":"red"}']);
    if (body.continue_final_message === true && messages.at(-1)?.role === "assistant") return answer([" five, six"]);
    const wanted = Number(body.top_logprobs ?? 0);
    if (wanted > 5) return refusal(400, "top_logprobs must be at most 5");
    const top_logprobs = Array.from({ length: wanted }, (_, at) => ({ token: `t${at}`, logprob: -at }));
    const logprobs = wanted === 0 ? [] : [{ token: "t0", logprob: 0, top_logprobs }];
    return answer(Array.from({ length: count }, (_, at) => ({ pieces: [`${seed}/${at}`], logprobs })));
  });
  expect(found.capabilities).toEqual({
    n: "honoured",
    logprobs: true,
    topLogprobs: 5,
    continuation: true,
    continuationBy: "fields",
    tools: true,
    jsonSchema: true,
    reasoningEfforts: ["low", "high"],
  });
  expect(valueIn(found, "samples differ")).toBe("true");
  expect(found.calls).toBe(found.seen);
});

test("a provider that can do nothing, and says so or does not, is told from one that can", async () => {
  // Fields that it does not know are ignored.
  const found = await probed(({ body, count }) => {
    if (count > 1) return refusalOfN();
    return body.tools === undefined ? answer(["always the same"]) : refusal(400, "tools are not supported");
  });
  expect(found.capabilities).toEqual({
    n: "ignored",
    logprobs: false,
    continuation: false,
    tools: false,
    jsonSchema: false,
  });
  expect(valueIn(found, "samples differ")).toBe("false");
  expect(valueIn(found, "reasoning efforts")).toBe("ignored");
});

test("a prefill is found where vLLM's fields are refused", async () => {
  const found = await probed(({ body, messages }) => {
    if (body.continue_final_message !== undefined) return refusal(400, "unknown field continue_final_message");
    return answer([messages.at(-1)?.role === "assistant" ? "five, six" : "one"]);
  });
  expect(found.capabilities).toMatchObject({ continuation: true, continuationBy: "prefill" });
});

test("a provider that refuses seeds is asked everything else without one", async () => {
  const found = await probed(({ body, count }) =>
    body.seed === undefined
      ? answer(Array.from({ length: count }, () => "fine"))
      : refusal(400, "unknown parameter seed"),
  );
  expect(found.capabilities).toMatchObject({ seed: false, n: "honoured" });
});

test("a provider that refuses the first question is told so, and nothing is said about what it can", async () => {
  await expect(probed(() => FAULTS.unauthorized)).rejects.toThrow(Unreachable);
});
