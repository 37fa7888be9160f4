import { beforeAll, describe, expect, test } from "vitest";
import { TOOL_CALL } from "../setup/scenarios.ts";
import { call, callsOf, MODEL, mintKey, openAi, question } from "./client.ts";

let key = "";
beforeAll(async () => {
  key = await mintKey("tenant_a");
});

const WEATHER = { name: "weather", parameters: { type: "object", properties: { city: { type: "string" } } } };
const FUNCTIONS = { functions: [WEATHER], function_call: { name: "weather" } };
const CALLED = { name: "weather", arguments: '{"city":"Bonn"}' };

describe("functions, the older words for tools", () => {
  test("are tools to the provider, and the answer is a function_call", async () => {
    const { messages, tag } = question("tools");
    const completion = await openAi(key).chat.completions.create({ model: MODEL, messages, ...FUNCTIONS });
    expect(completion.choices[0]).toMatchObject({
      message: { role: "assistant", content: null, function_call: CALLED },
      finish_reason: "function_call",
    });
    expect(completion.choices[0]?.message).not.toHaveProperty("tool_calls");
    const [sent] = await callsOf(tag);
    expect(sent?.body.tools).toEqual([{ type: "function", function: WEATHER }]);
    expect(sent?.body.tool_choice).toEqual({ type: "function", function: { name: "weather" } });
    expect(sent?.body).not.toHaveProperty("functions");
    expect(sent?.body).not.toHaveProperty("function_call");
  });

  test("are streamed as a function_call", async () => {
    const { messages } = question("tools");
    const stream = openAi(key).chat.completions.stream({ model: MODEL, messages, ...FUNCTIONS });
    const [choice] = (await stream.finalChatCompletion()).choices;
    expect(choice?.finish_reason).toBe("function_call");
    expect(choice?.message.function_call).toMatchObject(CALLED);
  });

  test("that were called before are the calls of tools, each with its result", async () => {
    const { messages, tag } = question("hello");
    const turns = [
      ...messages,
      { role: "assistant", content: null, function_call: CALLED },
      { role: "function", name: "weather", content: "rain" },
    ];
    expect((await call(key, "POST", "/v1/chat/completions", { model: MODEL, messages: turns })).status).toBe(200);
    const [sent] = await callsOf(tag);
    expect(sent?.body.messages).toEqual([
      ...messages,
      { role: "assistant", content: null, tool_calls: [{ ...TOOL_CALL, function: CALLED }] },
      { role: "tool", content: "rain", tool_call_id: "call_1" },
    ]);
  });

  test("beside tools are ignored", async () => {
    const { messages, tag } = question("tools");
    const tools = [{ type: "function" as const, function: { name: "other" } }];
    const completion = await openAi(key).chat.completions.create({ model: MODEL, messages, ...FUNCTIONS, tools });
    expect(completion.choices[0]?.finish_reason).toBe("tool_calls");
    expect((await callsOf(tag))[0]?.body.tools).toEqual(tools);
  });

  test.each([
    ["functions[0].name", "missing_required_parameter", { functions: [{}] }],
    ["function_call", "invalid_type", { functions: [WEATHER], function_call: "weather" }],
  ])("a mistake in %s is a 400", async (param, code, change) => {
    const body = { model: MODEL, messages: question("tools").messages, ...change };
    const response = await call(key, "POST", "/v1/chat/completions", body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { param, code } });
  });
});
