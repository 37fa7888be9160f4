import type OpenAI from "openai";
import type { APIError } from "openai";
import { beforeAll, describe, expect, test } from "vitest";
import { HELLO, SOLVED, TOOL_CALL } from "../setup/scenarios.ts";
import { call, callsOf, GAME, MODEL, mintKey, openAi, question } from "./client.ts";

let key = "";
beforeAll(async () => {
  key = await mintKey("tenant_a");
});

/** What the official types do not know. */
interface Extras {
  readonly usage: {
    readonly cost: number;
    readonly search: { readonly model_calls: number; readonly prompt_tokens: number };
  };
  readonly search: {
    readonly id: string;
    readonly method: string;
    readonly rollouts: number;
    readonly model_calls: number;
    readonly stop_reason: string;
    readonly score: number | null;
    readonly verdict: { readonly kind: string; readonly verifier: string } | null;
    readonly note: string | null;
  };
}

type Completion = OpenAI.ChatCompletion & Extras;

describe("without a stream", () => {
  test("the unmodified SDK gets an ordinary completion", async () => {
    const { messages } = question("hello");
    const completion = (await openAi(key).chat.completions.create({ model: MODEL, messages })) as Completion;
    expect(completion).toMatchObject({ object: "chat.completion", model: MODEL });
    expect(completion.id).toBe(`chatcmpl-${completion.search.id.slice("srch_".length)}`);
    expect(Number.isInteger(completion.created)).toBe(true);
    expect(completion.choices).toEqual([
      {
        index: 0,
        message: { role: "assistant", content: HELLO, refusal: null },
        logprobs: null,
        finish_reason: "stop",
      },
    ]);
    const { usage } = completion;
    expect(usage.total_tokens).toBe((usage.prompt_tokens ?? 0) + (usage.completion_tokens ?? 0));
    expect(completion.search).toMatchObject({
      method: "single",
      model_calls: 1,
      stop_reason: "completed",
      note: "no_verifier",
    });
  });

  test("best of n serves the verified answer and stops there", async () => {
    const { messages, tag } = question("late", GAME);
    const body = {
      model: MODEL,
      messages,
      search: { method: "best_of_n", budget: { max_rollouts: 64, max_parallel: 1 } },
    };
    const response = await call(key, "POST", "/v1/chat/completions", body);
    const completion = await response.json<Completion>();
    expect(completion.choices[0]?.message.content).toBe(SOLVED);
    expect(completion.search).toMatchObject({ method: "best-of-n", score: 1, verdict: { kind: "verdict" } });
    expect(completion.search.stop_reason).toBe("early_stop");
    const calls = await callsOf(tag);
    expect(completion.search.model_calls).toBe(calls.length);
    // One microdollar per prompt token, two per completion token.
    expect(completion.usage.cost).toBeCloseTo(calls.length * 12e-6, 9);
    expect(response.headers.get("x-search-id")).toBe(completion.search.id);
    expect(Number(response.headers.get("x-search-model-calls"))).toBe(calls.length);
    expect(response.headers.get("x-search-stop-reason")).toBe("early_stop");
    expect(response.headers.get("x-search-cost-usd")).toBe(String(completion.usage.cost));
  });

  test("the answer's usage never passes max_tokens", async () => {
    const { messages } = question("hello");
    const completion = await openAi(key).chat.completions.create({ model: MODEL, messages, max_tokens: 1 });
    expect(completion.usage?.completion_tokens).toBe(1);
  });

  test("n answers are distinct candidates, the best first", async () => {
    const { messages } = question("distinct");
    const body = {
      model: MODEL,
      messages,
      n: 3,
      search: { method: "best_of_n", verifier: "agreement", budget: { max_rollouts: 8 } },
    };
    const completion = await (await call(key, "POST", "/v1/chat/completions", body)).json<Completion>();
    expect(completion.choices.map((choice) => choice.index)).toEqual([0, 1, 2]);
    expect(new Set(completion.choices.map((choice) => choice.message.content)).size).toBe(3);
  });

  test("n choices come back also where the search found fewer", async () => {
    const { messages } = question("hello");
    const completion = await openAi(key).chat.completions.create({ model: MODEL, messages, n: 2 });
    expect(completion.choices.map((choice) => choice.message.content)).toEqual([HELLO, HELLO]);
  });

  test("a cut-off answer says length", async () => {
    const { messages } = question("length");
    const completion = await openAi(key).chat.completions.create({ model: MODEL, messages });
    expect(completion.choices[0]).toMatchObject({ finish_reason: "length", message: { content: "cut off" } });
  });

  test("a tool call is handed on, without content", async () => {
    const { messages, tag } = question("tools");
    const tools = [{ type: "function" as const, function: { name: "weather", parameters: { type: "object" } } }];
    const completion = await openAi(key).chat.completions.create({ model: MODEL, messages, tools });
    expect(completion.choices[0]).toMatchObject({
      finish_reason: "tool_calls",
      message: { role: "assistant", content: null, tool_calls: [TOOL_CALL] },
    });
    expect((await callsOf(tag))[0]?.body.tools).toEqual(tools);
  });

  test("what the client wants of the sampling reaches the provider", async () => {
    const { messages, tag } = question("hello");
    await openAi(key).chat.completions.create({
      model: MODEL,
      messages,
      max_completion_tokens: 33,
      max_tokens: 44,
      temperature: 0.5,
      top_p: 0.9,
      stop: "END",
      response_format: { type: "text" },
    });
    const body = (await callsOf(tag))[0]?.body ?? {};
    expect(body).toMatchObject({ model: "scripted", temperature: 0.5, top_p: 0.9, response_format: { type: "text" } });
    expect(body.max_tokens ?? body.max_completion_tokens).toBe(33);
    expect([body.stop].flat()).toEqual(["END"]);
  });

  test("the same seed asks the provider with the same seeds", async () => {
    const seeds = async () => {
      const { messages, tag } = question("distinct");
      const search = { method: "best_of_n", verifier: "agreement", budget: { max_rollouts: 4 } };
      await call(key, "POST", "/v1/chat/completions", { model: MODEL, messages, seed: 7, search });
      return (await callsOf(tag)).map(({ body }) => body.seed);
    };
    expect(await seeds()).toEqual(await seeds());
  });
});

interface Frame {
  readonly id: string;
  readonly object: string;
  readonly created: number;
  readonly model: string;
  readonly choices: readonly {
    index: number;
    delta: { role?: string; content?: string; tool_calls?: object[] };
    finish_reason: string | null;
  }[];
  readonly usage?: { prompt_tokens: number; completion_tokens: number; total_tokens: number } | null;
  readonly search?: { id: string };
}

async function framesOf(response: Response): Promise<Frame[]> {
  const lines = (await response.text()).split("\n\n").filter((line) => line !== "");
  expect(lines.at(-1)).toBe("data: [DONE]");
  return lines.slice(0, -1).map((line) => {
    expect(line).toMatch(/^data: \{/);
    return JSON.parse(line.slice("data: ".length)) as Frame;
  });
}

describe("as a stream", () => {
  test("the unmodified SDK reads the same text, chunk by chunk", async () => {
    const { messages } = question("hello");
    const stream = await openAi(key).chat.completions.create({ model: MODEL, messages, stream: true });
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    expect(text).toBe(HELLO);
  });

  test("the SDK's stricter helper gets a final completion", async () => {
    const { messages } = question("hello");
    const stream = openAi(key).chat.completions.stream({
      model: MODEL,
      messages,
      stream_options: { include_usage: true },
    });
    const completion = await stream.finalChatCompletion();
    expect(completion.choices[0]).toMatchObject({ finish_reason: "stop", message: { content: HELLO } });
    expect(completion.usage?.total_tokens).toBeGreaterThan(0);
  });

  test("frames keep every rule of WIRE.md 1.4", async () => {
    const { messages } = question("hello");
    const body = { model: MODEL, messages, stream: true, stream_options: { include_usage: true } };
    const response = await call(key, "POST", "/v1/chat/completions", body);
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-cache, no-transform");
    expect(response.headers.get("x-accel-buffering")).toBe("no");
    const searchId = response.headers.get("x-search-id");
    const frames = await framesOf(response);
    expect(new Set(frames.map(({ id, created, model, object }) => `${id} ${created} ${model} ${object}`)).size).toBe(1);
    expect(frames[0]?.choices[0]?.delta).toEqual({ role: "assistant", content: "", refusal: null });
    expect(frames.slice(1).every((frame) => frame.choices[0]?.delta.role === undefined)).toBe(true);
    const last = frames.at(-1);
    expect(last).toMatchObject({ choices: [], usage: { prompt_tokens: 10 } });
    expect(frames.slice(0, -1).every((frame) => frame.usage === null)).toBe(true);
    const finish = frames.at(-2);
    expect(finish?.choices).toEqual([{ index: 0, delta: {}, logprobs: null, finish_reason: "stop" }]);
    expect(finish?.search?.id).toBe(searchId);
    const texts = frames.slice(1, -2).map((frame) => frame.choices[0]?.delta.content ?? "");
    expect(texts.join("")).toBe(HELLO);
    expect(frames.slice(0, -2).every((frame) => frame.choices[0]?.finish_reason === null)).toBe(true);
    expect(texts.slice(0, -1).every((text) => [...text].length >= 20 && [...text].length <= 60)).toBe(true);
  });

  test("without include_usage no chunk speaks of usage, and n indices each begin and end once", async () => {
    const { messages } = question("distinct");
    const search = { method: "best_of_n", verifier: "agreement", budget: { max_rollouts: 4 } };
    const frames = await framesOf(
      await call(key, "POST", "/v1/chat/completions", { model: MODEL, messages, stream: true, n: 2, search }),
    );
    expect(frames.every((frame) => !("usage" in frame))).toBe(true);
    for (const index of [0, 1]) {
      const own = frames.flatMap((frame) => frame.choices).filter((choice) => choice.index === index);
      expect(own.filter((choice) => choice.delta.role === "assistant")).toHaveLength(1);
      expect(own.filter((choice) => choice.finish_reason !== null)).toHaveLength(1);
    }
  });

  test("tool calls come as deltas with an index", async () => {
    const { messages } = question("tools");
    const stream = openAi(key).chat.completions.stream({ model: MODEL, messages });
    const completion = await stream.finalChatCompletion();
    expect(completion.choices[0]?.message.tool_calls).toMatchObject([TOOL_CALL]);
  });

  test("the role leaves before the search has anything", async () => {
    const { messages } = question("slow");
    const response = await call(key, "POST", "/v1/chat/completions", { model: MODEL, messages, stream: true });
    const startedAtMs = Date.now();
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect(Date.now() - startedAtMs).toBeLessThan(300);
    expect(new TextDecoder().decode(first?.value)).toContain('"role":"assistant"');
    while (!(await reader?.read())?.done);
  });

  test("a failure after the first byte is an error frame, and the SDK raises it", async () => {
    const { messages } = question("unauthorized");
    const stream = await openAi(key).chat.completions.create({ model: MODEL, messages, stream: true });
    const read = async () => {
      for await (const _chunk of stream);
    };
    await expect(read()).rejects.toThrow(/'scripted' rejected the credential/);
  });
});

describe("failures of the provider", () => {
  test.each<[string, string, number, string, Record<string, string>]>([
    ["rate limit", "rate-limited", 429, "rate_limit_exceeded", { "retry-after": "3600" }],
    [
      "a rejected credential is not the client's fault",
      "unauthorized",
      502,
      "upstream_unauthorized",
      { "x-should-retry": "false" },
    ],
    ["a prompt that is too long", "context-length", 400, "context_length_exceeded", {}],
    ["an error of the server", "unavailable", 502, "upstream_unavailable", {}],
  ])("%s", async (_name, scenario, status, code, headers) => {
    const { messages, tag } = question(scenario);
    const response = await call(key, "POST", "/v1/chat/completions", { model: MODEL, messages });
    const { error } = await response.json<{ error: { code: string; message: string } }>();
    expect([response.status, error.code]).toEqual([status, code]);
    expect(error.message).toContain("'scripted'");
    expect(error.message).not.toContain("canary");
    expect(Object.fromEntries(response.headers)).toMatchObject(headers);
    expect((await callsOf(tag)).length).toBeLessThanOrEqual(9);

    // Nothing is lost: the search stays readable.
    const id = response.headers.get("x-search-id");
    const read = await call(key, "GET", `/v1/searches/${id}`);
    expect(read.status).toBe(200);
    expect(await read.json()).toMatchObject({
      id,
      state: "failed",
      stop_reason: "upstream_errors",
      answer: null,
      error: { code },
    });
  });

  test("a provider that is down is 502, and the SDK raises it with its status", async () => {
    const { messages } = question("hello");
    const failure = await openAi(key)
      .chat.completions.create({ model: "espalier/down", messages })
      .catch((error: unknown) => error as APIError);
    expect(failure).toMatchObject({ status: 502, code: "upstream_unavailable" });
    expect((failure as APIError).requestID).toMatch(/^req_/);
  });

  test("a budget that allows no answer is 400 and names the limit", async () => {
    const { messages, tag } = question("hello");
    const response = await call(key, "POST", "/v1/chat/completions", {
      model: MODEL,
      messages,
      search: { budget: { max_total_tokens: 5 } },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: "budget_too_small", param: "search.budget.max_total_tokens" },
    });
    expect(await callsOf(tag)).toEqual([]);
  });
});
