import { describe, expect, test } from "vitest";
import { parseChatRequest } from "../../src/api/chat-completions/request.ts";
import { type Endpoint, unknownParameter } from "../../src/api/strict-parameters.ts";

const messages = [{ role: "user", content: "Hello" }];
const weather = { type: "function", function: { name: "weather", parameters: { type: "object" } } };
const time = { type: "function", function: { name: "time" } };

function forwardedFrom(more: object): Readonly<Record<string, unknown>> {
  const request = parseChatRequest({ model: "m", messages, ...more });
  if (!request.ok) throw new Error(JSON.stringify(request.error));
  return request.value.problem.forwarded;
}

function faultIn(more: object): readonly [string, string] | null {
  const request = parseChatRequest({ model: "m", messages, ...more });
  if (request.ok) return null;
  return request.error.type === "invalid-parameter" ? [request.error.param, request.error.code] : ["", ""];
}

describe("WIRE 1.2: a parameter of a chat completion", () => {
  test.each([
    [{ frequency_penalty: -2, presence_penalty: 2, verbosity: "low" }],
    [{ logit_bias: { 50256: -100 } }],
    [{ response_format: { type: "json_object" } }],
    [{ reasoning_effort: "high" }],
    [{ top_k: 5, min_p: 0.1, repetition_penalty: 1.1, chat_template_kwargs: { enable_thinking: false } }],
    [{ prompt_cache_retention: "24h" }],
    [{ tools: [weather], tool_choice: "required", parallel_tool_calls: false }],
    [{ tools: [weather], tool_choice: { type: "function", function: { name: "weather" } } }],
  ])("is passed on as it came: %j", (parameters) => {
    expect(forwardedFrom(parameters)).toEqual(parameters);
  });

  test.each([
    [{ prediction: { type: "content", content: "x" } }],
    [{ service_tier: "flex" }],
    [{ provider: { order: [] }, models: ["a"], plugins: [], transforms: [], usage: { include: true }, api_key: "x" }],
    [{ modalities: ["text"], stop: [], tools: [], tool_choice: null, logit_bias: null, audio: null }],
    [{ tool_choice: "none", parallel_tool_calls: false }],
    [{ stream_options: { include_usage: true }, metadata: { a: "b" }, user: "me", safety_identifier: "me" }],
  ])("is accepted, and no provider's business: %j", (parameters) => {
    expect(forwardedFrom(parameters)).toEqual({});
  });

  test.each<[object, string, string]>([
    [{ modalities: ["text", "audio"], audio: { voice: "alloy" } }, "modalities", "unsupported_value"],
    [{ audio: { voice: "alloy", format: "wav" } }, "audio", "unsupported_parameter"],
    [{ web_search_options: {} }, "web_search_options", "unsupported_parameter"],
    [{ moderation: { model: "m" } }, "moderation", "unsupported_parameter"],
    [{ tools: [{ type: "custom", custom: { name: "x" } }] }, "tools[0].type", "unsupported_value"],
    [{ tools: [weather, { type: "web_search" }] }, "tools[1].type", "unsupported_value"],
    [{ tools: [{ type: "function", function: {} }] }, "tools[0].function.name", "missing_required_parameter"],
    [
      { tools: [weather], tool_choice: { type: "custom", custom: { name: "x" } } },
      "tool_choice.type",
      "unsupported_value",
    ],
    [
      { tools: [weather], tool_choice: { type: "function", function: { name: "time" } } },
      "tool_choice",
      "invalid_value",
    ],
    [{ tools: [weather], tool_choice: { type: "function" } }, "tool_choice", "invalid_value"],
    [{ tools: [weather], tool_choice: "always" }, "tool_choice", "invalid_type"],
    [{ response_format: { type: "xml" } }, "response_format.type", "invalid_value"],
    [{ verbosity: "terse" }, "verbosity", "invalid_value"],
    [{ frequency_penalty: 3 }, "frequency_penalty", "decimal_above_max_value"],
    [{ presence_penalty: -2.5 }, "presence_penalty", "decimal_below_min_value"],
    [{ logit_bias: { 1: 101 } }, "logit_bias.1", "decimal_above_max_value"],
    [{ logit_bias: [] }, "logit_bias", "invalid_type"],
    [{ n: 0 }, "n", "integer_below_min_value"],
    [{ n: 129 }, "n", "integer_above_max_value"],
    [{ stop: ["a", "b", "c", "d", "e"] }, "stop", "array_above_max_length"],
    [{ parallel_tool_calls: "no" }, "parallel_tool_calls", "invalid_type"],
    [{ user: 7 }, "user", "invalid_type"],
  ])("is refused where it stands: %j", (parameters, param, code) => {
    expect(faultIn(parameters)).toEqual([param, code]);
  });

  test("allowed_tools become the tools that they allow, which every provider understands", () => {
    const allowed = { mode: "required", tools: [{ type: "function", function: { name: "time" } }] };
    const choice = { type: "allowed_tools", allowed_tools: allowed };
    expect(forwardedFrom({ tools: [weather, time], tool_choice: choice })).toEqual({
      tools: [time],
      tool_choice: "required",
    });
  });

  test("a tool written flat is the same tool", () => {
    const flat = { type: "function", name: "weather", parameters: { type: "object" } };
    expect(forwardedFrom({ tools: [flat] })).toEqual({ tools: [weather] });
  });

  test("of two caps on tokens the newer name wins", () => {
    const request = parseChatRequest({ model: "m", messages, max_completion_tokens: 7, max_tokens: 9 });
    expect(request).toMatchObject({ value: { sampling: { maxTokens: 7 } } });
  });

  test("an effort inside `reasoning` is passed on as the effort", () => {
    expect(forwardedFrom({ reasoning: { effort: "low" } })).toEqual({ reasoning_effort: "low" });
  });
});

describe("X-Strict-Params", () => {
  const fault = (endpoint: Endpoint, body: object, value: string | null = "1") => {
    const headers = new Headers(value === null ? {} : { "x-strict-params": value });
    const found = unknownParameter(endpoint, headers, body as Readonly<Record<string, unknown>>);
    return found?.type === "invalid-parameter" ? [found.code, found.param] : found;
  };

  test.each<[Endpoint, object]>([
    ["chat", { model: "m", messages, temprature: 0 }],
    ["chat", { model: "m", messages, provider: {} }],
    ["responses", { model: "m", input: "x", messages }],
    ["completions", { model: "m", prompt: "x", messages }],
  ])("names what %s would ignore in %j", (endpoint, body) => {
    expect(fault(endpoint, body)).toEqual(["unknown_parameter", Object.keys(body).at(-1)]);
    expect(fault(endpoint, body, null)).toBe(null);
    expect(fault(endpoint, body, "0")).toBe(null);
  });

  test.each<[Endpoint, object]>([
    ["chat", { model: "m", messages, search: {}, budget: 4, reasoning: {}, seed: 1, store: true, prediction: null }],
    ["chat", { model: "m", messages, functions: [], function_call: null, top_k: 1, safety_identifier: "x", audio: 1 }],
    ["chat", { model: "m", input: "x", instructions: "y" }],
    ["responses", { model: "m", input: "x", max_output_tokens: 5, text: {}, search: true, background: false }],
    ["completions", { model: "m", prompt: "x", best_of: 3, suffix: "", user: "me", logit_bias: {} }],
  ])("lets what %s reads, forwards or refuses by name pass: %j", (endpoint, body) => {
    expect(fault(endpoint, body)).toBe(null);
  });
});
