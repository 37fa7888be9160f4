import { describe, expect, test } from "vitest";
import { createCanceller } from "../../src/core/cancellation.ts";
import type { Judgement, JudgementCache } from "../../src/core/judgement-cache.ts";
import type { PromptBook } from "../../src/core/prompt.ts";
import type { VerifierDefinition } from "../../src/core/verifier.ts";
import { critic } from "../../src/verifiers/critic/verifier.ts";
import { grade } from "../../src/verifiers/grade/verifier.ts";
import { judge } from "../../src/verifiers/judge/verifier.ts";
import { judgementKey } from "../../src/verifiers/judgement-key.ts";
import { pairwise } from "../../src/verifiers/pairwise/verifier.ts";
import { VALUE_PROMPT } from "../../src/verifiers/value/prompt.ts";
import { value } from "../../src/verifiers/value/verifier.ts";
import { vote } from "../../src/verifiers/vote/verifier.ts";
import { createScriptedModel } from "../world/model.ts";
import { createPlayer } from "../world/player.ts";
import { gameOf24Problem } from "../world/search.ts";
import { createVirtualTime } from "../world/time.ts";
import { candidate } from "./scripted.ts";

function createCache(model = "m") {
  const stored = new Map<string, Judgement>();
  const cache: JudgementCache = {
    model,
    get: async (keys) => new Map(keys.flatMap((key) => (stored.has(key) ? [[key, stored.get(key) as Judgement]] : []))),
    put: (judgements) => {
      for (const [key, judgement] of judgements) stored.set(key, judgement);
    },
  };
  return { cache, stored };
}

interface Run {
  readonly parameters?: Record<string, unknown>;
  readonly reply?: (ask: number) => string | null;
  readonly prompts?: PromptBook;
  readonly judgements?: number;
  readonly texts?: readonly string[];
  readonly seed?: number;
}

/** One search's verification: what was said, and how often the model was called for it. */
async function verifyOnce(definition: VerifierDefinition, cache: JudgementCache, run: Run = {}) {
  const time = createVirtualTime();
  let asked = 0;
  const model = createScriptedModel({
    clock: time,
    player: createPlayer(0),
    reply: () => (run.reply ?? (() => "Score: 7. The best choice is 1. sure first"))(asked++),
  });
  const parsed = definition.parse(run.parameters ?? {});
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  const context = { model, prompts: run.prompts ?? {}, seed: run.seed ?? 1, judgements: cache };
  const verifier = definition.create(context, parsed.value);
  const candidates = (run.texts ?? ["a"]).map((text) => candidate(text, { judgements: run.judgements ?? 0 }));
  const { result, attempts } = await time.run(
    verifier.verify(gameOf24Problem("4 4 6 8"), candidates, createCanceller().signal),
  );
  if (!result.ok) throw new Error(result.error.message);
  return { scores: result.value, calls: model.calls.length, attempts: attempts.length };
}

const RUBRIC = { rubric: "Is it right?" };

describe("a judgement is paid for once", () => {
  test.each<[string, VerifierDefinition, Run]>([
    ["a reply at temperature 0", judge, { parameters: RUBRIC }],
    ["a probability", judge, {}],
    ["the reading of several samples", judge, { parameters: { ...RUBRIC, samples: 3 } }],
    ["three labels", value, {}],
    ["five votes", vote, { texts: ["a", "b", "c"] }],
    ["a ranking", critic, { texts: ["a", "b", "c"] }],
    ["a tournament", pairwise, { texts: ["a", "b", "c"] }],
  ])(
    "%s: the next search calls nobody, says the same and says where it has it from",
    async (_name, definition, run) => {
      const { cache } = createCache();
      const first = await verifyOnce(definition, cache, run);
      expect(first.calls).toBeGreaterThan(0);
      const second = await verifyOnce(definition, cache, run);
      expect([second.calls, second.attempts]).toEqual([0, 0]);
      expect(second.scores.map((score) => score?.value)).toEqual(first.scores.map((score) => score?.value));
      if (definition !== pairwise) {
        for (const score of second.scores) expect(score?.reason).toMatch(/remembered from an earlier search/);
      }
      for (const score of first.scores) expect(score?.reason).not.toMatch(/remembered/);
    },
  );
});

describe("a fresh opinion is never a remembered one", () => {
  test("a single sampled reply is not remembered", async () => {
    const { cache, stored } = createCache();
    await verifyOnce(grade, cache);
    expect(stored.size).toBe(0);
    expect((await verifyOnce(grade, cache)).calls).toBe(1);
  });

  test("a second judgement is not served from what is remembered, nor remembered itself", async () => {
    const { cache, stored } = createCache();
    await verifyOnce(value, cache);
    expect(stored.size).toBe(1);
    expect((await verifyOnce(value, cache, { judgements: 1 })).calls).toBe(1);
    expect(stored.size).toBe(1);
  });

  test("a reading with a sample that could not be read is not remembered", async () => {
    const { cache, stored } = createCache();
    await verifyOnce(value, cache, { reply: (ask) => (ask === 0 ? "sure" : "hm") });
    expect(stored.size).toBe(0);
  });

  test("what does not fit the question is asked anew", async () => {
    const { cache, stored } = createCache();
    await verifyOnce(value, cache);
    for (const key of stored.keys()) stored.set(key, { values: [1] });
    expect((await verifyOnce(value, cache)).calls).toBe(1);
  });
});

test("only what is not known is asked", async () => {
  const { cache } = createCache();
  await verifyOnce(judge, cache, { parameters: RUBRIC, texts: ["a", "b"] });
  expect((await verifyOnce(judge, cache, { parameters: RUBRIC, texts: ["b", "c", "a"] })).calls).toBe(1);
});

test("another seed is no other judgement", async () => {
  const { cache } = createCache();
  await verifyOnce(judge, cache, { parameters: RUBRIC });
  expect((await verifyOnce(judge, cache, { parameters: RUBRIC, seed: 99 })).calls).toBe(0);
});

test("T16: whatever decides a judgement is in its key, and parts cannot run into each other", () => {
  const { prompt } = VALUE_PROMPT;
  const keys = [
    judgementKey("m", "value", prompt, "q", 0),
    judgementKey("m2", "value", prompt, "q", 0),
    judgementKey("m", "value2", prompt, "q", 0),
    judgementKey("mv", "alue", prompt, "q", 0),
    judgementKey("m", "value", prompt, "q2", 0),
    judgementKey("m", "value", prompt, "q", 2),
    judgementKey("m", "value", { ...prompt, samples: 4 }, "q", 0),
    judgementKey("m", "value", { ...prompt, temperature: 0 }, "q", 0),
    judgementKey("m", "value", { ...prompt, maxTokens: 1 }, "q", 0),
    judgementKey("m", "value", { ...prompt, stop: ["x"] }, "q", 0),
    judgementKey("m", "value", { ...prompt, reply: { type: "labels", labels: { sure: 1 } } }, "q", 0),
  ];
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
});

test("another model's judgement is another's", async () => {
  const { cache } = createCache("m");
  await verifyOnce(judge, cache, { parameters: RUBRIC });
  expect((await verifyOnce(judge, { ...cache, model: "other" }, { parameters: RUBRIC })).calls).toBe(1);
});
