import type OpenAI from "openai";
import { beforeAll, describe, expect, test } from "vitest";
import { TOLD } from "../setup/scenarios.ts";
import { call, callsOf, MODEL, mintKey, openAi, question } from "./client.ts";

let key = "";
beforeAll(async () => {
  key = await mintKey("tenant_a");
});

const TELLING = "espalier/telling";
const TEXT = TOLD.map(({ token }) => token).join("");
const bytesOf = (token: string): number[] => [...new TextEncoder().encode(token)];
const OTHER = { token: "other", logprob: -3, bytes: bytesOf("other") };

/** As OpenAI writes a token. */
function wireToken({ token, logprob }: (typeof TOLD)[number], topLogprobs: number) {
  const own = { token, logprob, bytes: bytesOf(token) };
  return { ...own, top_logprobs: [own, OTHER].slice(0, topLogprobs === 0 ? 0 : 2) };
}

const asked = (scenario: string, extra: object = {}) => {
  const { messages, tag } = question(scenario);
  return { tag, body: { model: TELLING, messages, logprobs: true, ...extra } };
};

describe("log-probabilities (WIRE.md 1.2)", () => {
  test.each([0, 2])("of the answer, with %i alternatives, in OpenAI's shape", async (top_logprobs) => {
    const { body, tag } = asked("told", { top_logprobs });
    const { choices } = await openAi(key).chat.completions.create(body);
    expect(choices[0]?.message.content).toBe(TEXT);
    expect(choices[0]?.logprobs).toEqual({ content: TOLD.map((one) => wireToken(one, top_logprobs)), refusal: null });
    expect((await callsOf(tag))[0]?.body).toMatchObject({ logprobs: true, top_logprobs });
  });

  test("are streamed with the words they belong to", async () => {
    const { body } = asked("told", { top_logprobs: 2 });
    const stream = await openAi(key).chat.completions.create({ ...body, stream: true });
    let text = "";
    const tokens: OpenAI.ChatCompletionTokenLogprob[] = [];
    for await (const { choices } of stream) {
      text += choices[0]?.delta.content ?? "";
      tokens.push(...(choices[0]?.logprobs?.content ?? []));
      expect(tokens.map(({ token }) => token).join("")).toBe(text);
    }
    expect(tokens).toEqual(TOLD.map((one) => wireToken(one, 2)));
  });

  test.each(["best_of_n", "mcts"])("of %s are those of the chosen candidate, its steps joined", async (method) => {
    const search = { method, verifier: "agreement", budget: { max_rollouts: 3, max_model_calls: 12 } };
    const { body } = asked("told", { search });
    const completion = await (await call(key, "POST", "/v1/chat/completions", body)).json<OpenAI.ChatCompletion>();
    const [choice] = completion.choices;
    const tokens = choice?.logprobs?.content ?? [];
    expect(
      tokens
        .map(({ token }) => token)
        .join("")
        .replaceAll("\n", ""),
    ).toBe(choice?.message.content?.replaceAll("\n", ""));
    expect(tokens.length).toBeGreaterThanOrEqual(TOLD.length);
  });

  test("in the older endpoint have its older shape", async () => {
    const { messages } = question("told");
    const body = { model: TELLING, prompt: messages[0]?.content ?? "", logprobs: 2 };
    const { choices } = await openAi(key).completions.create(body);
    expect(choices[0]?.logprobs).toEqual({
      tokens: TOLD.map(({ token }) => token),
      token_logprobs: TOLD.map(({ logprob }) => logprob),
      top_logprobs: TOLD.map(({ token, logprob }) => ({ [token]: logprob, other: -3 })),
      text_offset: [0, 3, 4, 9],
    });
    const offsets: number[] = [];
    for await (const chunk of await openAi(key).completions.create({ ...body, logprobs: 0, stream: true })) {
      const { logprobs } = chunk.choices[0] ?? {};
      if (logprobs != null) expect(logprobs.top_logprobs).toBe(null);
      offsets.push(...(logprobs?.text_offset ?? []));
    }
    expect(offsets).toEqual([0, 3, 4, 9]);
  });

  test("are not there where nobody asked, and the provider is not asked for them", async () => {
    const { body, tag } = asked("told", { logprobs: false });
    const { choices } = await openAi(key).chat.completions.create(body);
    expect(choices[0]?.logprobs).toBe(null);
    expect((await callsOf(tag))[0]?.body).not.toHaveProperty("logprobs");
  });

  test("that a provider leaves out although it is said to give them are an error, and no silent null", async () => {
    const { body, tag } = asked("hello");
    const response = await call(key, "POST", "/v1/chat/completions", body);
    expect([response.status, await response.json()]).toMatchObject([400, { error: { code: "invalid_request" } }]);
    expect(await callsOf(tag)).toHaveLength(1);
  });

  test.each<[string, object, string, string]>([
    ["a model that gives none", { model: MODEL }, "unsupported_parameter", "logprobs"],
    ["more alternatives than it gives", { top_logprobs: 6 }, "integer_above_max_value", "top_logprobs"],
    ["alternatives of what was not asked for", { logprobs: null, top_logprobs: 2 }, "invalid_value", "top_logprobs"],
    ["too many alternatives", { top_logprobs: 21 }, "integer_above_max_value", "top_logprobs"],
    [
      "a method that rewords its steps",
      { search: { method: "rstar", reference: "4" } },
      "unsupported_parameter",
      "logprobs",
    ],
    [
      "more than the log has room for",
      { max_tokens: 200_000, top_logprobs: 5 },
      "integer_above_max_value",
      "top_logprobs",
    ],
  ])("%s: refused before the first call", async (_what, extra, code, param) => {
    const { body, tag } = asked("told", extra);
    const response = await call(key, "POST", "/v1/chat/completions", body);
    expect([response.status, await response.json()]).toMatchObject([400, { error: { code, param } }]);
    expect(await callsOf(tag)).toEqual([]);
  });
});

describe("reasoning (WIRE.md 1.11)", () => {
  interface Thinking {
    readonly content: string | null;
    readonly reasoning_content?: string;
    readonly reasoning?: string;
  }

  test("is no part of the answer, and shown to nobody who does not ask", async () => {
    const { messages } = question("reasoning");
    const completion = await openAi(key).chat.completions.create({ model: MODEL, messages });
    expect(completion.choices[0]?.message).toEqual({ role: "assistant", content: "4", refusal: null });
    expect(completion.usage).toMatchObject({
      completion_tokens: 7,
      completion_tokens_details: { reasoning_tokens: 6 },
      prompt_tokens_details: { cached_tokens: 8 },
    });
    const stream = await call(key, "POST", "/v1/chat/completions", { model: MODEL, messages, stream: true });
    expect(await stream.text()).not.toContain("Hmm");
  });

  test("is told under both names where it is asked for, streamed or not", async () => {
    const { messages } = question("reasoning");
    const body = { model: MODEL, messages, include_reasoning: true };
    const completion = await (await call(key, "POST", "/v1/chat/completions", body)).json<OpenAI.ChatCompletion>();
    const thought = "Hmm, two and two.";
    expect(completion.choices[0]?.message).toMatchObject({
      content: "4",
      reasoning_content: thought,
      reasoning: thought,
    });
    const deltas: Thinking[] = [];
    for await (const chunk of await openAi(key).chat.completions.create({ ...body, stream: true })) {
      deltas.push(chunk.choices[0]?.delta as Thinking);
    }
    expect(deltas.map(({ reasoning_content }) => reasoning_content ?? "").join("")).toBe(thought);
    expect(deltas.map(({ content }) => content ?? "").join("")).toBe("4");
  });

  test("of earlier turns goes back to the provider that wants it, and to no other", async () => {
    const turn = { reasoning_content: "I should look.", reasoning_details: [{ type: "reasoning.text", text: "x" }] };
    const sent = async (model: string) => {
      const { messages, tag } = question("hello");
      const history = [
        ...messages,
        { role: "assistant", content: null, tool_calls: [WEATHER_CALL], ...turn, annotations: [] },
        { role: "tool", tool_call_id: "call_1", content: "rain" },
      ];
      expect((await call(key, "POST", "/v1/chat/completions", { model, messages: history })).status).toBe(200);
      return (await callsOf(tag))[0]?.body.messages as Record<string, unknown>[];
    };
    expect((await sent(TELLING))[1]).toEqual({ role: "assistant", content: null, tool_calls: [WEATHER_CALL], ...turn });
    expect((await sent(MODEL))[1]).toEqual({ role: "assistant", content: null, tool_calls: [WEATHER_CALL] });
  });
});

const WEATHER_CALL = { id: "call_1", type: "function", function: { name: "weather", arguments: '{"city":"Bonn"}' } };

describe("a conversation", () => {
  test("with tools, names and parts of all kinds reaches the provider as it was, also through a search", async () => {
    const { messages, tag } = question("distinct");
    const history = [
      { role: "system", content: [{ type: "text", text: "Be brief." }] },
      {
        role: "user",
        name: "ann",
        content: [
          { type: "text", text: "What is this?" },
          { type: "image_url", image_url: { url: "data:image/png;base64,AAAA", detail: "low" } },
          { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
          { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AAAA" } },
        ],
      },
      { role: "assistant", content: "", tool_calls: [WEATHER_CALL, { ...WEATHER_CALL, id: "call_2" }] },
      { role: "tool", tool_call_id: "call_1", content: [{ type: "text", text: "rain" }] },
      { role: "tool", tool_call_id: "call_2", content: "sun" },
      ...messages,
    ];
    const search = { method: "best_of_n", verifier: "agreement", budget: { max_rollouts: 4, max_parallel: 2 } };
    const response = await call(key, "POST", "/v1/chat/completions", { model: MODEL, messages: history, search });
    expect(response.status).toBe(200);
    const calls = await callsOf(tag);
    expect(calls.length).toBeGreaterThan(0);
    for (const { body } of calls) expect(body.messages).toEqual(history);
  });

  test.each([
    [0, 0, "input_text"],
    [1, 1, "thinking"],
  ])(
    "with a part that nobody knows is refused where it stands: messages[%i].content[%i], %s",
    async (index, part, type) => {
      const parts = [
        { type: "text", text: "a" },
        { type: "text", text: "b" },
      ].toSpliced(part, 1, { type, text: "c" });
      const messages = [0, 1].map((at) => ({ role: "user", content: at === index ? parts : "hello" }));
      const response = await call(key, "POST", "/v1/chat/completions", { model: MODEL, messages });
      expect([response.status, await response.json()]).toMatchObject([
        400,
        { error: { code: "invalid_value", param: `messages[${index}].content[${part}].type` } },
      ]);
    },
  );

  test("gets new ids for calls whose ids are missing, taken or said twice", async () => {
    const ask = async (history: readonly object[]) => {
      const { messages } = question("slow-tools");
      const tools = [{ type: "function", function: { name: "weather" } }];
      const body = { model: MODEL, messages: [...history, ...messages], tools, seed: 7 };
      const completion = await (await call(key, "POST", "/v1/chat/completions", body)).json<OpenAI.ChatCompletion>();
      return completion.choices[0]?.message.tool_calls?.map(({ id }) => id) ?? [];
    };
    const [first, second] = await ask([]);
    expect(first).toBe("call_a");
    expect(second).toMatch(/^call_\w{6,}$/);
    const taken = { ...WEATHER_CALL, id: "call_a" };
    const history = [
      { role: "assistant", content: null, tool_calls: [taken] },
      { role: "tool", tool_call_id: "call_a", content: "rain" },
    ];
    const again = await ask(history);
    expect(new Set(["call_a", second, ...again]).size).toBe(4);
  });
});
