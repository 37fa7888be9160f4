import { describe, expect, test } from "vitest";
import { MODEL, setStage } from "../clients/stage.ts";
import { HELLO } from "../setup/scenarios.ts";
import { answerTo, chatBody, ENDPOINTS, send } from "./http.ts";

// WIRE 5, what a request may say and how it is refused: points 2, 5, 6, 7 and 11. The stage judges every frame.

const stage = setStage();
const { ask } = stage;

describe("WIRE 5.2: every frame is valid, one id, the role once, one end an index, [DONE] once and last", () => {
  test.each([
    ["one call", {}],
    ["a search", { search: { method: "best-of-n", verifier: "agreement", budget: { max_rollouts: 4 } } }],
    ["two of several answers", { n: 2, search: { method: "best-of-n", budget: { max_rollouts: 4 } } }],
    ["three answers without a search", { n: 3, search: false }],
  ])("%s", async (_name, rest) => {
    const asked = ask("distinct");
    const { status, text } = await send(asked, { body: chatBody(asked, { stream: true, ...rest }) });
    expect(status).toBe(200);
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
  });

  test("a provider that fails ends the stream with an error and nothing else", async () => {
    const asked = ask("unavailable");
    const { text } = await send(asked, { body: chatBody(asked, { stream: true }) });
    expect(text).toMatch(/data: \{"error":.*\}\n\n$/);
    expect(text).not.toContain("[DONE]");
  });
});

/** WIRE 1.2, and what Python's SDK and LangChain send as null. */
const OPTIONAL =
  "audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens metadata modalities moderation n parallel_tool_calls prediction presence_penalty prompt_cache_key prompt_cache_options prompt_cache_retention reasoning_effort response_format safety_identifier search seed service_tier stop store stream stream_options temperature tool_choice tools top_logprobs top_p user verbosity web_search_options".split(
    " ",
  );

describe("WIRE 5.5: what means nothing is no mistake", () => {
  test("every optional parameter may be null", async () => {
    const asked = ask("hello");
    const nothing = Object.fromEntries(OPTIONAL.map((name) => [name, null]));
    expect((await answerTo(asked, { body: chatBody(asked, nothing) })).choices[0]?.message.content).toBe(HELLO);
  });

  test.each([
    ["an empty stop", { stop: [] }],
    ["no tools", { tools: [] }],
    ["no tools and a choice of none", { tools: [], tool_choice: "none" }],
    ["metadata without store", { metadata: { trace: "1" } }],
    ["stream_options without stream", { stream_options: { include_usage: true } }],
    ["parameters of others", { top_k: 5, provider: { order: ["x"] }, plugins: [], options: {}, madeUp: { deep: [1] } }],
  ])("%s", async (_name, rest) => {
    const asked = ask("hello");
    expect((await send(asked, { body: chatBody(asked, rest) })).status).toBe(200);
  });

  test.each([
    [{ metod: "mcts" }, "search.metod"],
    [{ budget: { max_rolouts: 3 } }, "search.budget.max_rolouts"],
  ])("an unknown key in `search` is a 400 that names it: %o", async (search, param) => {
    const asked = ask("hello");
    const { status, text } = await send(asked, { body: chatBody(asked, { search }) });
    expect(status).toBe(400);
    expect(JSON.parse(text).error).toMatchObject({ code: "unknown_parameter", param });
    expect(stage.callsOf(asked)).toHaveLength(0);
  });
});

describe("WIRE 5.6: every refusal has its status, the four keys, JSON and a request id", () => {
  test.each([
    ["a wrong key", 401, "invalid_api_key", { headers: { authorization: "Bearer esp_wrong" } }],
    ["a wrong model", 404, "model_not_found", { body: { model: "gpt-9", messages: [{ role: "user", content: "" }] } }],
    ["bad JSON", 400, "invalid_json", { body: "{" }],
    ["a wrong method", 405, "method_not_allowed", { method: "PUT", body: {} }],
    ["a wrong path", 404, "unknown_url", { path: "/embeddings", body: {} }],
    ["a body that is too large", 413, "request_too_large", { body: " ".repeat(21 * 1024 * 1024) }],
  ])("%s is %i %s", async (_name, wanted, code, raw) => {
    const { status, headers, text } = await send(ask("hello"), raw);
    expect(status).toBe(wanted);
    expect(headers.get("content-type")).toMatch(/^application\/json/);
    expect(headers.get("x-request-id")).toMatch(/^req_/);
    const { error } = JSON.parse(text);
    expect(Object.keys(error).sort()).toEqual(["code", "message", "param", "type"]);
    expect(error).toMatchObject({ type: "invalid_request_error", code });
  });
});

describe("WIRE 5.7: usage is told once where it is asked for, adds up and keeps to the cap", () => {
  test.each([
    ["not asked for", undefined, 0],
    ["not wanted", { include_usage: false }, 0],
    ["asked for", { include_usage: true }, 1],
  ])("in a stream, %s", async (_name, stream_options, times) => {
    const asked = ask("hello");
    const { text } = await send(asked, { body: chatBody(asked, { stream: true, stream_options }) });
    expect(text.match(/"total_tokens"/g) ?? []).toHaveLength(times);
  });

  test("of a search it is the answer's, under its cap, whatever the search has cost", async () => {
    const asked = ask("hello");
    const search = { method: "best-of-n", verifier: "agreement", budget: { max_rollouts: 8 } };
    const { usage } = await answerTo(asked, { body: chatBody(asked, { max_tokens: 40, search }) });
    expect(usage.total_tokens).toBe(usage.prompt_tokens + usage.completion_tokens);
    expect(usage.completion_tokens).toBeLessThanOrEqual(40);
  });

  test("every endpoint tells it", async () => {
    for (const { path, bodyOf } of ENDPOINTS) {
      const asked = ask("hello");
      expect((await answerTo(asked, { path, body: bodyOf(asked) })).usage.total_tokens).toBeGreaterThan(0);
    }
  });
});

/** As Cursor sends it: a Responses request to the other endpoint, with its flat tools. */
const CURSOR_TOOL = { type: "function", name: "weather", description: "The weather", parameters: { type: "object" } };

describe("WIRE 5.11: a body as Cursor shapes it is answered as a chat completion", () => {
  const bodyOf = (prompt: string, rest: object = {}) => ({
    model: MODEL,
    instructions: "Be brief.",
    input: [{ role: "user", content: [{ type: "input_text", text: prompt }] }],
    tools: [CURSOR_TOOL],
    ...rest,
  });

  test("whole", async () => {
    const asked = ask("hello");
    const answer = await answerTo(asked, { body: bodyOf(asked.prompt) });
    expect(answer).toMatchObject({ object: "chat.completion", choices: [{ message: { content: HELLO } }] });
    expect(stage.callsOf(asked)[0]?.body.messages).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: asked.prompt },
    ]);
  });

  test("streamed, with a tool call", async () => {
    const asked = ask("tools");
    const { status, text } = await send(asked, { body: bodyOf(asked.prompt, { stream: true }) });
    expect(status).toBe(200);
    expect(text).toContain('"object":"chat.completion.chunk"');
    expect(text).toContain('"name":"weather"');
  });
});
