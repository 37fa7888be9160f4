import { beforeAll, describe, expect, test } from "vitest";
import { HELLO, SOLVED } from "../setup/scenarios.ts";
import { call, callsOf, GAME, MODEL, mintKey, openAi, question } from "./client.ts";

let key = "";
beforeAll(async () => {
  key = await mintKey("tenant_a");
});

/** The question as a prompt. */
function prompt(scenario: string, text?: string) {
  const { messages, tag } = question(scenario, text);
  return { prompt: messages[0]?.content ?? "", tag };
}

describe("legacy completions", () => {
  test("the unmodified SDK gets a text completion", async () => {
    const asked = prompt("hello");
    const completion = await openAi(key).completions.create({ model: MODEL, prompt: asked.prompt });
    expect(completion).toMatchObject({ object: "text_completion", model: MODEL });
    expect(completion.id).toMatch(/^cmpl-/);
    expect(completion.choices).toEqual([{ text: HELLO, index: 0, logprobs: null, finish_reason: "stop" }]);
    expect(completion.usage?.total_tokens).toBeGreaterThan(0);
    const [sent] = await callsOf(asked.tag);
    expect(sent?.body.messages).toEqual([{ role: "user", content: asked.prompt }]);
  });

  test("an array of one prompt is that prompt", async () => {
    const asked = prompt("hello");
    const completion = await openAi(key).completions.create({ model: MODEL, prompt: [asked.prompt] });
    expect(completion.choices[0]?.text).toBe(HELLO);
  });

  test("best_of is how many answers the search may try", async () => {
    const asked = prompt("late", GAME);
    const completion = await openAi(key).completions.create({ model: MODEL, prompt: asked.prompt, best_of: 6 });
    expect(completion.choices[0]?.text).toBe(SOLVED);
    expect((completion as unknown as { search: { rollouts: number } }).search.rollouts).toBeGreaterThan(1);
  });

  test("a stream joins to the same text, ends once per index, and counts tokens where asked", async () => {
    const asked = prompt("hello");
    const stream = await openAi(key).completions.create({
      model: MODEL,
      prompt: asked.prompt,
      n: 2,
      stream: true,
      stream_options: { include_usage: true },
    });
    const texts = ["", ""];
    const ends: (string | null)[] = [];
    let usage = 0;
    for await (const chunk of stream) {
      expect(chunk.object).toBe("text_completion");
      for (const { index, text, finish_reason } of chunk.choices) {
        texts[index] += text;
        if (finish_reason !== null) ends.push(finish_reason);
      }
      usage += chunk.usage?.total_tokens ?? 0;
    }
    expect(texts).toEqual([HELLO, HELLO]);
    expect(ends).toEqual(["stop", "stop"]);
    expect(usage).toBeGreaterThan(0);
  });

  test.each<[string, object, string, string]>([
    ["no prompt", { prompt: undefined }, "missing_required_parameter", "prompt"],
    ["two prompts", { prompt: ["a", "b"] }, "invalid_type", "prompt"],
    ["token ids", { prompt: [1, 2, 3] }, "invalid_type", "prompt"],
    ["echo", { echo: true }, "unsupported_parameter", "echo"],
    ["a suffix", { suffix: "}" }, "unsupported_parameter", "suffix"],
    ["log-probabilities", { logprobs: 0 }, "unsupported_parameter", "logprobs"],
    ["fewer tries than answers", { n: 3, best_of: 2 }, "integer_below_min_value", "best_of"],
  ])("%s is a 400 that names the parameter", async (_name, change, code, param) => {
    const response = await call(key, "POST", "/v1/completions", { model: MODEL, prompt: "a", ...change });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code, param } });
  });
});
