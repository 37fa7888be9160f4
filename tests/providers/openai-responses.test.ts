import { describe, expect, test } from "vitest";
import type { CompletionRequest } from "../../src/core/model.ts";
import { bytes, headers } from "../upstream/index.ts";
import { responses } from "./dialects/responses.ts";
import { createRig, errorOf, textsOf } from "./support.ts";

const whole = responses.say({ choices: [{ pieces: ["24"], ending: "stop" }], usage: null });
const event = (said: { readonly type: string; readonly [field: string]: unknown }) =>
  bytes(`event: ${said.type}\ndata: ${JSON.stringify(said)}\n\n`);
const function_ = { name: "weather", description: "How warm", parameters: { type: "object" }, strict: true };

async function bodyFor(request: Partial<CompletionRequest>): Promise<Readonly<Record<string, unknown>>> {
  const rig = await createRig(() => whole, { adapter: "openai-responses" });
  textsOf(await rig.ask(request));
  return rig.upstream.ledger.calls[0]?.body ?? {};
}

describe("a chat as a response's input", () => {
  test("keeps roles, pictures, files, calls and what they returned", async () => {
    const { input } = await bodyFor({
      messages: [
        { role: "developer", content: "Be brief." },
        {
          role: "user",
          content: [
            { type: "text", text: "And here?" },
            { type: "image_url", image_url: { url: "https://example.com/a.png", detail: "low" } },
            { type: "file", file: { file_id: "file_1" } },
          ],
        },
        {
          role: "assistant",
          content: "I look.",
          reasoning_content: "hm",
          tool_calls: [{ id: "call_a", type: "function", function: { name: "weather", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "call_a", content: "minus four" },
      ],
    });
    expect(input).toEqual([
      { role: "developer", content: "Be brief." },
      {
        role: "user",
        content: [
          { type: "input_text", text: "And here?" },
          { type: "input_image", image_url: "https://example.com/a.png", detail: "low" },
          { type: "input_file", file_id: "file_1" },
        ],
      },
      { role: "assistant", content: "I look." },
      { type: "function_call", call_id: "call_a", name: "weather", arguments: "{}" },
      { type: "function_call_output", call_id: "call_a", output: "minus four" },
    ]);
  });

  test("has tools, their choice, the format, the effort and the verbosity where they belong", async () => {
    const schema = { name: "answer", schema: { type: "object" }, strict: true };
    const body = await bodyFor({
      forwarded: {
        tools: [
          { type: "function", function: function_ },
          { type: "function", function: { name: "loose" } },
        ],
        tool_choice: { type: "function", function: { name: "weather" } },
        parallel_tool_calls: false,
        response_format: { type: "json_schema", json_schema: schema },
        reasoning_effort: "high",
        verbosity: "low",
        service_tier: "flex",
        store: true,
      },
    });
    expect(body).toMatchObject({
      tools: [
        { type: "function", ...function_ },
        { type: "function", name: "loose", strict: false },
      ],
      tool_choice: { type: "function", name: "weather" },
      parallel_tool_calls: false,
      reasoning: { effort: "high" },
      text: { format: { type: "json_schema", ...schema }, verbosity: "low" },
      service_tier: "flex",
      store: false,
    });
    for (const name of ["messages", "max_tokens", "seed", "n", "stop", "stream_options", "reasoning_effort"]) {
      expect(body).not.toHaveProperty(name);
    }
  });

  test("names the allowed tools, and asks for a summary only where reasoning is kept", async () => {
    const tools = [{ type: "function", function: { name: "weather" } }];
    const allowed = { type: "allowed_tools", allowed_tools: { mode: "required", tools } };
    const body = await bodyFor({ forwarded: { tools, tool_choice: allowed }, keepsReasoning: true });
    expect(body.tool_choice).toEqual({
      type: "allowed_tools",
      mode: "required",
      tools: [{ type: "function", name: "weather" }],
    });
    expect(body.reasoning).toEqual({ summary: "auto" });
    expect(await bodyFor({})).not.toHaveProperty("reasoning");
  });
});

describe("a response's events", () => {
  test("bring what was never sent in deltas from the whole parts", async () => {
    const rig = await createRig(
      () => [
        headers(),
        event({ type: "response.output_item.added", output_index: 0, item: { type: "message" } }),
        event({ type: "response.output_text.done", output_index: 0, content_index: 0, text: "24" }),
        event({ type: "response.completed", response: { status: "completed", model: "m" } }),
      ],
      { adapter: "openai-responses" },
    );
    expect(textsOf(await rig.ask())).toEqual(["24"]);
  });

  test("keep a second message apart from the first", async () => {
    const message = (output_index: number, delta: string) => [
      event({ type: "response.output_item.added", output_index, item: { type: "message" } }),
      event({ type: "response.output_text.delta", output_index, content_index: 0, delta }),
    ];
    const end = event({ type: "response.completed", response: { status: "completed" } });
    const rig = await createRig(() => [headers(), ...message(0, "I look."), ...message(1, "24"), end], {
      adapter: "openai-responses",
    });
    expect(textsOf(await rig.ask())).toEqual(["I look.\n\n24"]);
  });

  test.each([
    ["rate_limit_exceeded", "rate-limited"],
    ["server_error", "unavailable"],
    ["invalid_prompt", "invalid-request"],
    ["image_too_large", "invalid-request"],
    ["context_length_exceeded", "context-length"],
  ])("that tell of a failure with %s are %s", async (code, type) => {
    const response = { id: "resp_1", status: "failed", error: { code, message: "it was not to be" } };
    const rig = await createRig(() => [headers(), event({ type: "response.failed", response })], {
      adapter: "openai-responses",
    });
    expect(errorOf(await rig.ask())).toMatchObject({ type, message: expect.stringContaining("it was not to be") });
  });
});

describe("openai-auto", () => {
  const auto = (request: Partial<CompletionRequest>) =>
    createRig(
      ({ body }) =>
        "input" in body
          ? whole
          : [headers(), bytes('data: {"choices":[{"index":0,"delta":{"content":"24"},"finish_reason":"stop"}]}\n\n')],
      { adapter: "openai-auto" },
    ).then(async (rig) => {
      expect(textsOf(await rig.ask(request))).toEqual(["24"]);
      return rig.upstream.ledger.calls[0]?.path;
    });
  const tools = [{ type: "function", function: function_ }];

  test("asks for a response where a chat would be refused: tools, and any thinking (WIRE.md 0.2)", async () => {
    expect(await auto({ forwarded: { tools, reasoning_effort: "low" } })).toBe("/v1/responses");
    expect(await auto({ forwarded: { tools } })).toBe("/v1/responses");
  });

  test("asks for a chat else", async () => {
    expect(await auto({})).toBe("/v1/chat/completions");
    expect(await auto({ forwarded: { reasoning_effort: "high" } })).toBe("/v1/chat/completions");
    expect(await auto({ forwarded: { tools, reasoning_effort: "none" } })).toBe("/v1/chat/completions");
    expect(await auto({ forwarded: { tools: [] } })).toBe("/v1/chat/completions");
  });
});
