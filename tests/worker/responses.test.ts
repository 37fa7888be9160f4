import { exports } from "cloudflare:workers";
import type OpenAI from "openai";
import { beforeAll, describe, expect, test } from "vitest";
import { HELLO, TOOL_CALL } from "../setup/scenarios.ts";
import { call, callsOf, MODEL, mintKey, openAi } from "./client.ts";
import { ask, type Event, errorOf, eventsOf, expectComplete, type WireResponse } from "./response-client.ts";

let key = "";
beforeAll(async () => {
  key = await mintKey("tenant_responses");
});

const WEATHER = {
  type: "function" as const,
  name: "weather",
  description: "Of a city",
  parameters: { type: "object", properties: { city: { type: "string" } } },
  strict: false,
};

describe("without a stream", () => {
  test("the unmodified SDK gets an ordinary response, with every field that strict clients want", async () => {
    const { input } = ask("hello");
    const response = (await openAi(key).responses.create({ model: MODEL, input })) as WireResponse;
    expect(response).toMatchObject({ object: "response", status: "completed", model: MODEL, output_text: HELLO });
    expect(response.output).toEqual([
      {
        id: response.id.replace("resp_", "msg_"),
        type: "message",
        status: "completed",
        role: "assistant",
        content: [{ type: "output_text", text: HELLO, annotations: [], logprobs: [] }],
      },
    ]);
    expectComplete(response);
    expect(response.search).toMatchObject({ id: response.id.replace("resp_", "srch_"), method: "single" });
    const { usage } = response;
    expect(usage?.total_tokens).toBe((usage?.input_tokens ?? 0) + (usage?.output_tokens ?? 0));
    expect(response.completed_at).toBeGreaterThanOrEqual(response.created_at);
  });

  test("input and settings reach the provider as a chat completion", async () => {
    const { input, tag } = ask("hello");
    await openAi(key).responses.create({
      model: MODEL,
      instructions: "Be brief.",
      input: [
        { role: "user", content: "What is the weather?" },
        { type: "reasoning", id: "rs_1", summary: [] },
        { type: "function_call", call_id: "call_1", name: "weather", arguments: '{"city":"Bonn"}' },
        { type: "function_call", call_id: "call_2", name: "weather", arguments: '{"city":"Ulm"}' },
        { type: "function_call_output", call_id: "call_1", output: "rain" },
        { type: "function_call_output", call_id: "call_2", output: [{ type: "input_text", text: "sun" }] },
        {
          type: "message",
          role: "assistant",
          id: "msg_1",
          status: "completed",
          content: [{ type: "output_text", text: "Rain and sun.", annotations: [] }],
        },
        {
          role: "user",
          content: [
            { type: "input_text", text: input },
            { type: "input_image", image_url: "data:image/png;base64,AAAA", detail: "low" },
            { type: "input_file", filename: "a.txt", file_data: "data:text/plain;base64,QQ==" },
          ],
        },
      ],
      tools: [WEATHER],
      tool_choice: { type: "function", name: "weather" },
      parallel_tool_calls: false,
      max_output_tokens: 77,
      temperature: 0.3,
      text: { format: { type: "json_schema", name: "city", schema: { type: "object" }, strict: true } },
    });
    const body = (await callsOf(tag))[0]?.body ?? {};
    const [first, second] = [
      { id: "call_1", type: "function", function: { name: "weather", arguments: '{"city":"Bonn"}' } },
      { id: "call_2", type: "function", function: { name: "weather", arguments: '{"city":"Ulm"}' } },
    ];
    expect(body.messages).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: "What is the weather?" },
      { role: "assistant", content: null, tool_calls: [first, second] },
      { role: "tool", tool_call_id: "call_1", content: "rain" },
      { role: "tool", tool_call_id: "call_2", content: "sun" },
      { role: "assistant", content: "Rain and sun." },
      {
        role: "user",
        content: [
          { type: "text", text: input },
          { type: "image_url", image_url: { url: "data:image/png;base64,AAAA", detail: "low" } },
          { type: "file", file: { filename: "a.txt", file_data: "data:text/plain;base64,QQ==" } },
        ],
      },
    ]);
    const { name, description, parameters } = WEATHER;
    expect(body).toMatchObject({
      tools: [{ type: "function", function: { name, description, parameters, strict: false } }],
      tool_choice: { type: "function", function: { name: "weather" } },
      parallel_tool_calls: false,
      temperature: 0.3,
      response_format: { type: "json_schema", json_schema: { name: "city", schema: { type: "object" }, strict: true } },
    });
    expect(body.max_tokens ?? body.max_completion_tokens).toBe(77);
  });

  test("a tool call is an item of its own, its arguments as text", async () => {
    const { input } = ask("tools");
    const response = await openAi(key).responses.create({ model: MODEL, input, tools: [WEATHER] });
    expect(response.output).toEqual([
      {
        id: `${response.id.replace("resp_", "fc_")}_0`,
        type: "function_call",
        status: "completed",
        call_id: TOOL_CALL.id,
        name: TOOL_CALL.function.name,
        arguments: TOOL_CALL.function.arguments,
      },
    ]);
    expect(response.tools).toEqual([WEATHER]);
  });

  test("a cut-off answer is incomplete and says why", async () => {
    const { input } = ask("length");
    const response = await openAi(key).responses.create({ model: MODEL, input });
    expect(response).toMatchObject({
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
      output_text: "cut off",
    });
  });

  test("the SDK parses structured output", async () => {
    const { input } = ask("weather");
    const format = {
      type: "json_schema" as const,
      name: "weather",
      schema: { type: "object", properties: { city: { type: "string" } } },
      $brand: "auto-parseable-response-format",
      $parseRaw: (text: string) => JSON.parse(text) as unknown,
    };
    const response = await openAi(key).responses.parse({ model: MODEL, input, text: { format } });
    expect(response.output_text).toBe('{"city":"Bonn","degrees":21}');
    expect(response.output_parsed).toEqual({ city: "Bonn", degrees: 21 });
    const { type, name, schema } = format;
    expect(response.text?.format).toEqual({ type, name, schema, description: null, strict: false });
  });

  test("search works as in chat completions, and its mistakes are named the same", async () => {
    const { input } = ask("distinct");
    const search = { method: "best_of_n", verifier: "agreement", budget: { max_rollouts: 4 } };
    const good = await call(key, "POST", "/v1/responses", { model: MODEL, input, search });
    expect(good.headers.get("x-search-model-calls")).not.toBeNull();
    expect((await good.json<WireResponse>()).search?.method).toBe("best-of-n");
    const bad = await call(key, "POST", "/v1/responses", { model: MODEL, input, search: { metod: "x" } });
    expect(await errorOf(bad)).toMatchObject({ code: "unknown_parameter", param: "search.metod" });
  });

  test("every way to speak of a search works here, too", async () => {
    const plan = { method: "best-of-n", rollouts: 3 };
    const ask3 = async (extra: object, headers: Record<string, string> = {}, path = "/v1/responses") => {
      const body = JSON.stringify({ model: MODEL, input: ask("distinct").input, ...extra });
      const json = { authorization: `Bearer ${key}`, "content-type": "application/json" };
      const init = { method: "POST", body, headers: { ...json, ...headers } };
      const response = await exports.default.fetch(`https://espalier.test${path}`, init);
      return (await response.json<WireResponse>()).search;
    };
    const search = { method: "best_of_n", budget: { max_rollouts: 3 } };
    expect(await ask3({ search })).toMatchObject(plan);
    expect(await ask3({}, { "x-search": JSON.stringify(search) })).toMatchObject(plan);
    expect(await ask3({ metadata: { "search.method": "best_of_n", "search.max_rollouts": "3" } })).toMatchObject(plan);
    expect(await ask3({ model: `${MODEL}:bon-3` })).toMatchObject(plan);
    expect(await ask3({}, {}, "/v1/bon-3/responses")).toMatchObject(plan);
    expect(await ask3({ reasoning: { effort: "low" } })).toMatchObject({ rollouts: 4 });
    const unknown = await call(key, "POST", "/v1/responses", { model: MODEL, input: "hi", reasoning: { effort: "x" } });
    expect(await errorOf(unknown)).toMatchObject({ code: "invalid_value", param: "reasoning.effort" });
  });

  test("null is accepted for every optional parameter, and unknown ones are ignored", async () => {
    const nothing = Object.fromEntries(
      "instructions tools tool_choice parallel_tool_calls max_output_tokens temperature top_p top_logprobs text reasoning metadata store previous_response_id conversation prompt user stream stream_options background include truncation service_tier search"
        .split(" ")
        .map((name) => [name, null]),
    );
    const body = { ...nothing, model: MODEL, input: ask("hello").input, madeUp: { deep: 1 } };
    const response = await call(key, "POST", "/responses/", body);
    expect(response.status).toBe(200);
    expectComplete(await response.json<WireResponse>());
  });
});

describe("mistakes", () => {
  const input = "scenario=hello";
  test.each<[string, object, number, string, string]>([
    ["no input", {}, 400, "missing_required_parameter", "input"],
    ["an empty input", { input: [] }, 400, "array_below_min_length", "input"],
    ["an unknown kind of item", { input: [{ type: "dream" }] }, 400, "invalid_value", "input[0].type"],
    [
      "an unknown kind of part",
      { input: [{ role: "user", content: [{ type: "input_smell" }] }] },
      400,
      "invalid_value",
      "input[0].content[0].type",
    ],
    [
      "a part without its text",
      { input: [{ role: "user", content: [{ type: "input_text" }] }] },
      400,
      "missing_required_parameter",
      "input[0].content[0].text",
    ],
    [
      "a file by its address alone",
      { input: [{ role: "user", content: [{ type: "input_file", file_url: "https://example.org/a.pdf" }] }] },
      400,
      "missing_required_parameter",
      "input[0].content[0].file_data",
    ],
    ["a reference into nowhere", { input: [{ id: "msg_nope" }] }, 400, "invalid_value", "input[0].id"],
    [
      "a hosted tool that must be called",
      { input, tools: [{ type: "web_search" }], tool_choice: "required" },
      400,
      "unsupported_value",
      "tools[0].type",
    ],
    [
      "a hosted tool by name",
      { input, tools: [{ type: "web_search" }], tool_choice: { type: "web_search" } },
      400,
      "unsupported_value",
      "tool_choice.type",
    ],
    ["a custom tool", { input, tools: [{ type: "custom", name: "x" }] }, 400, "unsupported_value", "tools[0].type"],
    ["a tool without a name", { input, tools: [{ type: "function" }] }, 400, "invalid_value", "tools[0].name"],
    ["a temperature out of range", { input, temperature: 3 }, 400, "decimal_above_max_value", "temperature"],
    ["no room to answer", { input, max_output_tokens: 0 }, 400, "integer_below_min_value", "max_output_tokens"],
    [
      "a format without a schema",
      { input, text: { format: { type: "json_schema", name: "x" } } },
      400,
      "missing_required_parameter",
      "text.format.schema",
    ],
    ["an unknown verbosity", { input, text: { verbosity: "terse" } }, 400, "invalid_value", "text.verbosity"],
    ["an unknown format", { input, text: { format: { type: "yaml" } } }, 400, "invalid_value", "text.format.type"],
    ["a conversation", { input, conversation: "conv_1" }, 400, "unsupported_parameter", "conversation"],
    ["log-probabilities", { input, top_logprobs: 3 }, 400, "unsupported_parameter", "top_logprobs"],
    ["an unknown model", { input, model: "nope" }, 404, "model_not_found", "model"],
    [
      "an unknown predecessor",
      { input, previous_response_id: "resp_x" },
      400,
      "previous_response_not_found",
      "previous_response_id",
    ],
    ["a background without a store", { input, background: true, store: false }, 400, "invalid_value", "background"],
    [
      "instructions too long to keep",
      { input, instructions: "a".repeat(500_000) },
      400,
      "string_above_max_length",
      "instructions",
    ],
  ])("%s", async (_name, body, status, code, param) => {
    const response = await call(key, "POST", "/v1/responses", { model: MODEL, ...body });
    expect(response.status).toBe(status);
    expect(await errorOf(response)).toMatchObject({ code, param });
  });

  test("a value of a wrong type anywhere is told as the client's mistake, and never as ours", async () => {
    const message = { role: "user", content: [{ type: "input_text", text: "scenario=hello" }] };
    const fields =
      "model input instructions previous_response_id stream background store max_output_tokens max_tool_calls temperature top_p top_logprobs parallel_tool_calls tools tool_choice text reasoning metadata include truncation conversation prompt search".split(
        " ",
      );
    const wrong = [{ a: [] }, [[]], [null], "\ud800", 1e308, -1.5];
    const bodies = fields.flatMap((name) => wrong.map((value): object => ({ [name]: value })));
    const parts = ["type", "text"].flatMap((name) =>
      wrong.map((value) => ({ input: [{ role: "user", content: [{ ...message.content[0], [name]: value }] }] })),
    );
    const items = ["type", "role", "content", "id", "call_id", "name", "arguments", "output"].flatMap((name) =>
      wrong.flatMap((value) =>
        [message, { type: "function_call" }, { type: "function_call_output" }, {}].map((item) => ({
          input: [{ ...item, [name]: value }],
        })),
      ),
    );
    const tools = ["name", "function", "parameters", "strict", "type"].flatMap((name) =>
      wrong.map((value) => ({ tools: [{ type: "function", name: "f", [name]: value }] })),
    );
    const formats = ["type", "schema", "name"].flatMap((name) =>
      wrong.map((value) => ({ text: { format: { type: "json_schema", [name]: value } } })),
    );
    for (const extra of [...bodies, ...parts, ...items, ...tools, ...formats]) {
      const response = await call(key, "POST", "/v1/responses", { model: MODEL, input: [message], ...extra });
      const text = await response.text();
      expect(
        response.status === 200 || Math.floor(response.status / 100) === 4,
        `${JSON.stringify(extra)} ${text}`,
      ).toBe(true);
    }
    const polluted = `{"model":"${MODEL}","input":"scenario=hello","__proto__":{"a":1},"metadata":{"__proto__":"x"}}`;
    expect((await call(key, "POST", "/v1/responses", polluted)).status).toBe(200);
  });

  test("a provider's failure is an error with its status, and the SDK raises it", async () => {
    const { input: rateLimited } = ask("rate-limited");
    await expect(openAi(key).responses.create({ model: MODEL, input: rateLimited })).rejects.toMatchObject({
      status: 429,
      code: "rate_limit_exceeded",
    });
  });
});

function typesOf(events: readonly Event[]): string[] {
  return events.map(({ type }) => type).filter((type, index, all) => type !== all[index - 1]);
}

const MESSAGE_EVENTS = [
  "response.created",
  "response.in_progress",
  "response.output_item.added",
  "response.content_part.added",
  "response.output_text.delta",
  "response.output_text.done",
  "response.content_part.done",
  "response.output_item.done",
  "response.completed",
];

/** Beside `type` and `sequence_number`, in OpenAI's types and in Open Responses. */
const FIELDS: Readonly<Record<string, string>> = {
  "response.created": "response",
  "response.in_progress": "response",
  "response.completed": "response",
  "response.output_item.added": "item output_index",
  "response.output_item.done": "item output_index",
  "response.content_part.added": "content_index item_id output_index part",
  "response.content_part.done": "content_index item_id output_index part",
  "response.output_text.delta": "content_index delta item_id logprobs output_index",
  "response.output_text.done": "content_index item_id logprobs output_index text",
  "response.function_call_arguments.delta": "delta item_id output_index",
  "response.function_call_arguments.done": "arguments item_id name output_index",
};

function expectFields({ type, sequence_number, ...fields }: Event): void {
  expect(Object.keys(fields).sort().join(" "), type).toBe(FIELDS[type]);
  expect(Number.isInteger(sequence_number)).toBe(true);
}

describe("as a stream", () => {
  test("events are named and typed, numbered without a gap, and complete", async () => {
    const { input } = ask("hello");
    const response = await call(key, "POST", "/v1/responses", { model: MODEL, input, stream: true });
    const events = await eventsOf(response);
    expect(typesOf(events)).toEqual(MESSAGE_EVENTS);
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_event, index) => index));
    for (const event of events) expectFields(event);
    for (const event of events) if (event.response !== undefined) expectComplete(event.response);
    expect(new Set(events.flatMap((event) => event.response?.id ?? [])).size).toBe(1);
    expect(events.map((event) => event.delta ?? "").join("")).toBe(HELLO);
    const [item] = events.at(-1)?.response?.output ?? [];
    for (const event of events) expect(event.item_id ?? event.item?.id ?? item?.id).toBe(item?.id);
    expect(events.flatMap((event) => event.item?.status ?? [])).toEqual(["in_progress", "completed"]);
    expect(response.headers.get("x-search-id")).toBe(events[0]?.response?.id.replace("resp_", "srch_"));
  });

  test("the SDK's own accumulator ends with the same response as a retrieval", async () => {
    const { input } = ask("hello");
    const client = openAi(key);
    const streamed = await client.responses.stream({ model: MODEL, input }).finalResponse();
    expect(streamed).toMatchObject({ status: "completed", output_text: HELLO });
    const { output, usage, status } = await client.responses.retrieve(streamed.id);
    expect({ output, usage, status }).toMatchObject({
      output: [{ id: streamed.output[0]?.id, content: [{ text: HELLO }] }],
      usage: streamed.usage,
      status: "completed",
    });
  });

  test("a tool call's arguments come as deltas of its item", async () => {
    const { input } = ask("tools");
    const body = { model: MODEL, input, stream: true, tools: [WEATHER] };
    const events = await eventsOf(await call(key, "POST", "/v1/responses", body));
    for (const event of events) expectFields(event);
    expect(typesOf(events).slice(2)).toEqual([
      "response.output_item.added",
      "response.function_call_arguments.delta",
      "response.function_call_arguments.done",
      "response.output_item.done",
      "response.completed",
    ]);
    expect(events.map((event) => event.delta ?? "").join("")).toBe(TOOL_CALL.function.arguments);
    const streamed = await openAi(key)
      .responses.stream({ model: MODEL, input: ask("tools").input, tools: [WEATHER] })
      .finalResponse();
    expect(streamed.output[0]).toMatchObject({ type: "function_call", arguments: TOOL_CALL.function.arguments });
  });

  test("an incomplete answer ends as incomplete", async () => {
    const { input } = ask("length");
    const events = await eventsOf(await call(key, "POST", "/v1/responses", { model: MODEL, input, stream: true }));
    expect(events.at(-1)).toMatchObject({ type: "response.incomplete", response: { status: "incomplete" } });
  });

  test("the first events leave before the search has anything", async () => {
    const { input } = ask("stall");
    const search = { budget: { max_wall_ms: 2000 } };
    const response = await call(key, "POST", "/v1/responses", { model: MODEL, input, stream: true, search });
    const startedAtMs = Date.now();
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect(Date.now() - startedAtMs).toBeLessThan(300);
    expect(new TextDecoder().decode(first?.value)).toContain('"type":"response.in_progress"');
    while (!(await reader?.read())?.done);
  });

  test("a failure ends the stream as error and failed, and the SDK raises it", async () => {
    const { input } = ask("unauthorized");
    const events = await eventsOf(await call(key, "POST", "/v1/responses", { model: MODEL, input, stream: true }));
    expect(events.slice(-2)).toMatchObject([
      { type: "error", code: "upstream_unauthorized", param: null },
      { type: "response.failed", response: { status: "failed", error: { code: "upstream_unauthorized" } } },
    ]);
    const stream = await openAi(key).responses.create({ model: MODEL, input: ask("unauthorized").input, stream: true });
    const read = async () => {
      for await (const _event of stream);
    };
    await expect(read()).rejects.toThrow(/'scripted' rejected the credential/);
  });
});

describe("a Responses-shaped body on /chat/completions (WIRE 5, 11)", () => {
  test("Cursor is answered with a chat completion", async () => {
    const { input, tag } = ask("tools");
    const response = await call(key, "POST", "/v1/chat/completions", {
      model: MODEL,
      instructions: "You are in an editor.",
      input: [
        { role: "user", content: [{ type: "input_text", text: input }] },
        { type: "function_call", call_id: "call_0", name: "weather", arguments: "{}" },
        { type: "function_call_output", call_id: "call_0", output: "rain" },
      ],
      tools: [WEATHER],
      tool_choice: "auto",
      max_output_tokens: 50,
    });
    expect(response.status).toBe(200);
    const completion = await response.json<OpenAI.ChatCompletion>();
    expect(completion).toMatchObject({ object: "chat.completion", choices: [{ finish_reason: "tool_calls" }] });
    expect(completion.choices[0]?.message.tool_calls).toMatchObject([{ function: TOOL_CALL.function }]);
    const body = (await callsOf(tag))[0]?.body ?? {};
    expect(body.messages).toMatchObject([
      { role: "system", content: "You are in an editor." },
      { role: "user", content: input },
      { role: "assistant", tool_calls: [{ id: "call_0" }] },
      { role: "tool", content: "rain" },
    ]);
    expect(body.tools).toMatchObject([{ type: "function", function: { name: "weather" } }]);
  });

  test("also as a stream, with chat's frames and its usage where asked for", async () => {
    const response = await call(key, "POST", "/v1/chat/completions", {
      model: MODEL,
      input: [{ role: "user", content: [{ type: "input_text", text: ask("hello").input }] }],
      stream: true,
      stream_options: { include_usage: true },
    });
    const text = await response.text();
    expect(text).toContain('"object":"chat.completion.chunk"');
    expect(text).toContain('"total_tokens"');
    expect(text.trimEnd().endsWith("data: [DONE]")).toBe(true);
  });

  test("its mistakes are told in its own words", async () => {
    const body = { model: MODEL, input: [{ role: "user", content: [{ type: "input_smell" }] }] };
    const response = await call(key, "POST", "/v1/chat/completions", body);
    expect(await errorOf(response)).toMatchObject({ code: "invalid_value", param: "input[0].content[0].type" });
  });
});
