import { expect, test } from "vitest";
import { embeddedProvider } from "../../scripts/local/providers.ts";
import { tellUntilStopped } from "../../src/api/chat-completions/progress.ts";
import { NO_PROGRESS, sentenceOf, tellProgress, withEvent } from "../../src/api/searches/progress.ts";
import type { SearchEvent } from "../../src/core/event.ts";
import { createRecipe } from "../../src/recipe.ts";
import { gameOf24Problem } from "../world/search.ts";

const problem = gameOf24Problem("4 9 10 13");
const sampling = { maxTokens: 100, temperature: undefined, topP: undefined, stop: [] };
const made = createRecipe(
  { problem, model: "espalier/24", search: { method: "mcts", budget: { max_rollouts: 16 } }, sampling, seed: 1 },
  [embeddedProvider("http://127.0.0.1:1", [])],
);
const recipe = made.ok ? made.value : null;

const at = { sequence: 0, atMs: 0, stepId: 1, attempts: [] } as const;
const start = { ...at, type: "search-start", searchId: "srch_1", problem, recipe, codeVersion: "1" } as const;
const thought = { text: "t", model: "m", logprobSum: null, tokenCount: 1 };
const step = {
  ...at,
  type: "thought-add",
  nodeId: "1.0",
  parentId: "0",
  thought: { ...thought, ending: "step" },
} as const;
const candidate = { ...step, nodeId: "2.0", thought: { ...thought, ending: "stop" } } as const;
const note = { ...step, nodeId: "3.0", thought: { ...thought, ending: "stop", form: "note" } } as const;
const score = (nodeId: string, value: number) =>
  ({ ...at, type: "score-add", nodeId, score: { value, kind: "estimate", reason: "", verifier: "judge" } }) as const;
const failure = {
  ...at,
  type: "step-fail",
  error: { type: "unavailable", message: "down" },
  willRetry: true,
} as const;

const sentenceAfter = (...events: readonly unknown[]) =>
  sentenceOf((events as readonly SearchEvent[]).reduce(withEvent, NO_PROGRESS));

test.each([
  ["the start", [start], "Searching with mcts: up to 16 candidates."],
  ["a step, whose score is not a candidate's", [start, step, score("1.0", 0.9)], "0 of 16 candidates, 1 step."],
  ["a note, which is no candidate", [start, note], "0 of 16 candidates, 1 step."],
  ["a candidate", [start, candidate], "1 of 16 candidates."],
  [
    "scores of candidates, of which the best counts",
    [start, step, candidate, score("2.0", 0.934), score("2.0", 0.5)],
    "1 of 16 candidates, 1 step, best 0.93.",
  ],
  [
    "a repetition, which is a candidate as well",
    [start, candidate, { ...at, type: "thought-repeat", nodeId: "2.0", index: 1 }],
    "2 of 16 candidates.",
  ],
  ["a failure", [start, candidate, failure], "A call failed (unavailable); trying again."],
  ["a failure made good", [start, failure, candidate], "1 of 16 candidates."],
])("after %s", (_name, events, sentence) => {
  expect(sentenceAfter(...events)).toBe(sentence);
});

function inPieces(events: readonly unknown[], length: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  const pieces = Array.from({ length: Math.ceil(bytes.length / length) }, (_unused, index) =>
    bytes.slice(index * length, (index + 1) * length),
  );
  return new ReadableStream({
    start: (controller) => {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
}

test("events cut anywhere are told in order, and nothing twice", async () => {
  const told: string[] = [];
  const events = [start, { ...at, type: "step-end" }, candidate, score("2.0", 1)];
  await tellProgress(inPieces(events, 7), async (sentence) => void told.push(sentence));
  expect(told).toEqual([
    "Searching with mcts: up to 16 candidates.",
    "1 of 16 candidates.",
    "1 of 16 candidates, best 1.",
  ]);
});

test("what came together is told together", async () => {
  const told: string[] = [];
  await tellProgress(inPieces([start, candidate, score("2.0", 1)], 1e6), async (one) => void told.push(one));
  expect(told).toEqual(["1 of 16 candidates, best 1."]);
});

test("nothing is said once the answer has begun", async () => {
  const said: string[] = [];
  let tell: (sentence: string) => Promise<void> = async () => {};
  const telling = tellUntilStopped(
    async (say) => {
      tell = say;
    },
    async (sentence) => void said.push(sentence),
  );
  await tell("before");
  telling.stop();
  await expect(tell("after")).rejects.toThrow();
  expect(said).toEqual(["before"]);
});
