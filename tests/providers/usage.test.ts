import { describe, expect, it } from "vitest";
import { microdollarsOf, promptTokenBound, usageOf } from "../../src/providers/openai/meter.ts";
import { answer } from "../upstream/index.ts";
import { createRig, QUESTION } from "./support.ts";

/** "Reach 24 with 4 4 6 8." is 22 bytes; 16 for the message and 16 for the frame. */
const PROMPT_BOUND = 22 + 16 + 16;

async function attemptFor(usage: unknown) {
  const rig = await createRig(() => answer(["24"], { usage }));
  const { attempts } = await rig.ask();
  return attempts[0];
}

describe("usage", () => {
  it("is the provider's where it is believable", async () => {
    const usage = { prompt_tokens: 17, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 9 } };
    expect(await attemptFor(usage)).toMatchObject({
      promptTokens: 17,
      completionTokens: 3,
      cachedTokens: 9,
      microdollars: 20,
      isEstimated: false,
      outcome: "completed",
    });
  });

  it("is believed when a little above our bound: the provider knows its tokens", async () => {
    const rig = await createRig(() => answer(["24"], { usage: { prompt_tokens: 17, completion_tokens: 65 } }));
    const outcome = await rig.model.complete(QUESTION, new AbortController().signal);
    expect(outcome.attempts[0]).toMatchObject({ completionTokens: 65, isEstimated: false });
  });

  const unbelievable: Record<string, unknown> = {
    missing: null,
    empty: {},
    zero: { prompt_tokens: 0, completion_tokens: 0 },
    negative: { prompt_tokens: -5, completion_tokens: -1 },
    absurd: { prompt_tokens: 1e12, completion_tokens: 1e12 },
    "not a number": { prompt_tokens: "17", completion_tokens: null },
    "a fraction": { prompt_tokens: 17.5, completion_tokens: 0.1 },
  };
  for (const [name, usage] of Object.entries(unbelievable)) {
    it(`is our bound where it is ${name}`, async () => {
      expect(await attemptFor(usage)).toMatchObject({
        promptTokens: PROMPT_BOUND,
        completionTokens: 64,
        cachedTokens: 0,
        microdollars: PROMPT_BOUND + 64,
        isEstimated: true,
      });
    });
  }

  it("is mended field by field", async () => {
    expect(await attemptFor({ prompt_tokens: 17, completion_tokens: -1 })).toMatchObject({
      promptTokens: 17,
      completionTokens: 64,
      isEstimated: true,
    });
  });

  it("may be zero for an empty completion", () => {
    expect(usageOf({ prompt_tokens: 7, completion_tokens: 0 }, 50, 64, false)).toMatchObject({
      completionTokens: 0,
      isEstimated: false,
    });
  });

  it("never counts more cached tokens than prompt tokens", () => {
    const raw = { prompt_tokens: 7, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 40 } };
    expect(usageOf(raw, 50, 64, true).cachedTokens).toBe(7);
  });

  it("takes the last of several usage objects", async () => {
    const rig = await createRig(() => [
      { type: "bytes", bytes: 'data: {"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":1}}\n\n' },
      ...answer(["24"], { usage: { prompt_tokens: 10, completion_tokens: 2 } }),
    ]);
    expect((await rig.ask()).attempts[0]?.completionTokens).toBe(2);
  });
});

describe("money", () => {
  it("is integer microdollars, rounded up", () => {
    const price = { promptMicrodollarsPerMillion: 150_000, completionMicrodollarsPerMillion: 600_000 };
    // 10 * 0.15 + 3 * 0.6 = 3.3
    expect(microdollarsOf(price, 10, 3)).toBe(4);
    expect(microdollarsOf(price, 0, 0)).toBe(0);
    expect(microdollarsOf({ promptMicrodollarsPerMillion: 0, completionMicrodollarsPerMillion: 0 }, 9, 9)).toBe(0);
  });
});

describe("prompt bound", () => {
  const capabilities = {
    n: "unknown",
    continuation: false,
    logprobs: false,
    instructions: true,
    stepSeparator: "\n\n",
    stepTokens: null,
  } as const;

  it("is bytes plus a template's allowance", () => {
    expect(promptTokenBound(QUESTION, capabilities)).toBe(PROMPT_BOUND);
    const messages = [{ role: "user", content: "日本" } as const];
    expect(promptTokenBound({ ...QUESTION, messages }, capabilities)).toBe(6 + 32);
  });

  it("counts forwarded tools, earlier tool calls and media", () => {
    const tools = { tools: [{ type: "function", function: { name: "add" } }] };
    const withTools = promptTokenBound({ ...QUESTION, forwarded: tools }, capabilities);
    expect(withTools).toBe(PROMPT_BOUND + JSON.stringify(tools).length);
    const image = { type: "image_url", image_url: { url: "https://example.org/a.png" } };
    const messages = [{ role: "user", content: [image] } as const];
    expect(promptTokenBound({ ...QUESTION, messages }, capabilities)).toBeGreaterThan(4096);
  });
});
