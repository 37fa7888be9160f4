import { abortAllDurableObjects } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import type OpenAI from "openai";
import { beforeAll, describe, expect, test } from "vitest";
import { wordsOf } from "../setup/scenarios.ts";
import { call, callsOf, GAME, MODEL, mintKey, openAi, question, until } from "./client.ts";

/** WIRE.md 4.6: without a search tokens pass through as they come. */

let key = "";
beforeAll(async () => {
  key = await mintKey("tenant_a");
});

const WORDS = wordsOf(0).join("");

type Delta = OpenAI.ChatCompletionChunk.Choice.Delta;

interface Frame {
  readonly choices?: readonly {
    readonly index: number;
    readonly delta: Delta;
    readonly finish_reason: string | null;
  }[];
  readonly error?: { readonly code: string };
}

/** Frames one by one, as they arrive. */
async function* framesOf(response: Response): AsyncGenerator<Frame | "[DONE]"> {
  expect(response.status).toBe(200);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let read = await reader?.read(); read !== undefined && !read.done; read = await reader?.read()) {
    const lines = (rest + read.value).split("\n\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const text = line.slice("data: ".length);
      yield text === "[DONE]" ? text : (JSON.parse(text) as Frame);
    }
  }
}

function stream(scenario: string, extra: object = {}, headers: Record<string, string> = {}) {
  const { messages, tag } = question(scenario);
  const ask = (more: Record<string, string> = {}) =>
    exports.default.fetch("https://espalier.test/v1/chat/completions", {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...headers, ...more },
      body: JSON.stringify({ model: MODEL, messages, stream: true, ...extra }),
    });
  return { ask, tag };
}

function contentOf(frame: Frame | "[DONE]", index = 0): string {
  const choice = frame === "[DONE]" ? undefined : frame.choices?.find((one) => one.index === index);
  return choice?.delta.content ?? "";
}

async function isUpstreamOpen(tag: string): Promise<boolean> {
  return (await callsOf(tag)).some(({ endedAtMs }) => endedAtMs === null);
}

describe("without a search", () => {
  test("the first words arrive while the provider is still writing", async () => {
    const { ask, tag } = stream("words");
    let text = "";
    let wasOpen: boolean | null = null;
    const pieces: string[] = [];
    for await (const frame of framesOf(await ask())) {
      const content = contentOf(frame);
      if (content === "") continue;
      wasOpen ??= await isUpstreamOpen(tag);
      pieces.push(content);
      text += content;
    }
    expect(wasOpen).toBe(true);
    expect(text).toBe(WORDS);
    expect(pieces.length).toBeGreaterThan(3);
  });

  test.each([
    ["reasoning_effort", { reasoning_effort: "none" }],
    ["the preset", { search: { preset: "off" } }],
    ["the method", { search: "none" }],
    ["a small request", { max_tokens: 16 }],
  ])("asked for by %s", async (_name, extra) => {
    const { ask, tag } = stream("words", extra);
    for await (const frame of framesOf(await ask())) {
      if (contentOf(frame) !== "") break;
    }
    expect(await isUpstreamOpen(tag)).toBe(true);
  });

  test("calls of tools come in pieces, each opened once, with an id where the provider gave none", async () => {
    const tools = [{ type: "function", function: { name: "weather" } }];
    const { ask, tag } = stream("slow-tools", { tools });
    const deltas: NonNullable<Delta["tool_calls"]> = [];
    let wasOpen = false;
    for await (const frame of framesOf(await ask())) {
      const calls = frame === "[DONE]" ? [] : (frame.choices?.[0]?.delta.tool_calls ?? []);
      if (calls.length > 0 && deltas.length === 0) wasOpen = await isUpstreamOpen(tag);
      deltas.push(...calls);
    }
    expect(wasOpen).toBe(true);
    const own = (index: number) => deltas.filter((delta) => delta.index === index);
    expect(own(0)[0]).toEqual({
      index: 0,
      id: "call_a",
      type: "function",
      function: { name: "weather", arguments: "" },
    });
    expect(
      own(0)
        .map((delta) => delta.function?.arguments)
        .join(""),
    ).toBe('{"city":"Bonn"}');
    expect(own(1)[0]).toMatchObject({ id: expect.stringMatching(/^call_\w+$/), function: { name: "clock" } });
    expect(
      own(1)
        .map((delta) => delta.function?.arguments)
        .join(""),
    ).toBe("{}");
    expect(deltas.filter((delta) => delta.id !== undefined)).toHaveLength(2);
  });

  test("the SDK's own accumulator puts them together", async () => {
    const { messages } = question("slow-tools");
    const tools = [{ type: "function" as const, function: { name: "weather" } }];
    const completion = await openAi(key)
      .chat.completions.stream({ model: MODEL, messages, tools })
      .finalChatCompletion();
    const [choice] = completion.choices;
    expect(choice?.message.content).toBe("Let me look.");
    expect(choice?.message.tool_calls?.map((one) => one.type === "function" && one.function.arguments)).toEqual([
      '{"city":"Bonn"}',
      "{}",
    ]);
  });

  test("a refusal is told as one, streamed or not", async () => {
    const { ask } = stream("refusal");
    let refusal = "";
    let finish: string | null = null;
    for await (const frame of framesOf(await ask())) {
      const choice = frame === "[DONE]" ? undefined : frame.choices?.[0];
      refusal += choice?.delta.refusal ?? "";
      finish = choice?.finish_reason ?? finish;
      expect(contentOf(frame)).toBe("");
    }
    expect([refusal, finish]).toEqual(["I cannot help with that.", "stop"]);
    const { messages } = question("refusal");
    const completion = await openAi(key).chat.completions.create({ model: MODEL, messages });
    expect(completion.choices[0]).toMatchObject({
      finish_reason: "stop",
      message: { content: null, refusal: "I cannot help with that." },
    });
  });

  test("n answers come by index, interleaved as the provider writes them", async () => {
    const { ask } = stream("words", { n: 2 });
    const texts = ["", ""];
    const order: number[] = [];
    for await (const frame of framesOf(await ask())) {
      for (const index of [0, 1]) {
        const content = contentOf(frame, index);
        texts[index] += content;
        if (content !== "") order.push(index);
      }
    }
    expect(texts).toEqual([WORDS, wordsOf(1).join("")]);
    expect(order.indexOf(1)).toBeLessThan(order.lastIndexOf(0));
  });

  test("the older endpoint streams in the same way", async () => {
    const { messages, tag } = question("words");
    const body = { model: MODEL, prompt: messages[0]?.content, stream: true };
    const response = await call(key, "POST", "/v1/completions", body);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    let wasOpen: boolean | null = null;
    for (let read = await reader?.read(); read !== undefined && !read.done; read = await reader?.read()) {
      for (const [, said] of read.value.matchAll(/"text":"([^"]*)"/g)) text += said;
      if (text !== "") wasOpen ??= await isUpstreamOpen(tag);
    }
    expect([text, wasOpen]).toEqual([WORDS, true]);
  });

  test("a provider that breaks off and says the same again is not noticed", async () => {
    const { ask, tag } = stream("broken-words");
    let text = "";
    let last: Frame | "[DONE]" | null = null;
    for await (const frame of framesOf(await ask())) {
      text += contentOf(frame);
      last = frame;
    }
    expect([text, last]).toEqual([WORDS, "[DONE]"]);
    expect(await callsOf(tag)).toHaveLength(2);
  });

  test("a search streams nothing before it has chosen", async () => {
    const { messages, tag } = question("late", GAME);
    const search = { method: "best_of_n", budget: { max_rollouts: 64, max_parallel: 1 } };
    const response = await call(key, "POST", "/v1/chat/completions", { model: MODEL, messages, stream: true, search });
    for await (const frame of framesOf(response)) {
      if (contentOf(frame) === "") continue;
      expect((await callsOf(tag)).length).toBeGreaterThanOrEqual(4);
      break;
    }
  });
});

describe("when the object is lost in the middle", () => {
  test("what was shown is not shown again, and the rest follows", async () => {
    const { ask, tag } = stream("words");
    let text = "";
    let last: Frame | "[DONE]" | null = null;
    for await (const frame of framesOf(await ask())) {
      if (text === "" && contentOf(frame) !== "") await abortAllDurableObjects();
      text += contentOf(frame);
      last = frame;
    }
    expect([text, last]).toEqual([WORDS, "[DONE]"]);
    expect(await callsOf(tag)).toHaveLength(2);
  });

  test("and the provider then says something else, the stream ends in an error and never in a wrong text", async () => {
    const { ask } = stream("other-words");
    let text = "";
    let last: Frame | "[DONE]" | null = null;
    for await (const frame of framesOf(await ask())) {
      if (text === "" && contentOf(frame) !== "") await abortAllDurableObjects();
      text += contentOf(frame);
      last = frame;
    }
    expect(last).toMatchObject({ error: { code: "answer_changed" } });
    expect(wordsOf(1).join("").startsWith(text)).toBe(true);
  });

  test("before anything was shown, whatever it says is the answer", async () => {
    const { ask, tag } = stream("stall-then-words");
    const response = await ask();
    await until(async () => (await callsOf(tag)).length === 1);
    await abortAllDurableObjects();
    let text = "";
    for await (const frame of framesOf(response)) text += contentOf(frame);
    expect(text).toBe(wordsOf(2).join(""));
  });
});

test("a retry of the SDK that joins sees what was written before it came", async () => {
  const { ask, tag } = stream("words");
  const first = await ask({ "x-stainless-retry-count": "0" });
  for await (const frame of framesOf(first)) if (contentOf(frame) !== "") break;
  let text = "";
  let wasOpen: boolean | null = null;
  for await (const frame of framesOf(await ask({ "x-stainless-retry-count": "1" }))) {
    if (contentOf(frame) !== "") wasOpen ??= await isUpstreamOpen(tag);
    text += contentOf(frame);
  }
  expect([text, wasOpen]).toEqual([WORDS, true]);
  expect(await callsOf(tag)).toHaveLength(1);
});

test("nobody can follow a search that is not there", async () => {
  expect(await env.SEARCH_TREE.getByName(`tenant_a/srch_${"f".repeat(26)}`).follow()).toBe(null);
});
