import { expect, test } from "vitest";
import { searchToSummary } from "../../../durable-objects/search-tree/report.ts";
import type { SearchEvent, SearchEventBody } from "../../../src/core/event.ts";
import type { Attempt } from "../../../src/core/model.ts";
import { foldTree } from "../../../src/core/tree.ts";
import { searchToRows } from "../../../src/db/project.ts";
import type { Recipe } from "../../../src/recipe.ts";

const recipe: Recipe = {
  model: "espalier/test",
  method: "best-of-n",
  params: {},
  verifiers: [],
  selection: null,
  answer: { from: "auto" },
  limits: {},
  width: 1,
  seed: 7,
  sampling: { maxTokens: 8, temperature: undefined, topP: undefined, stop: [] },
  note: null,
  prompts: {},
  promptHashes: {},
  emulated: [],
  clamped: [],
};

const attempt: Attempt = {
  provider: "p",
  model: "u",
  startedAtMs: 1,
  headersAtMs: 2,
  endedAtMs: 3,
  promptTokens: 10,
  completionTokens: 20,
  cachedTokens: 4,
  microdollars: 50,
  isEstimated: false,
  outcome: "completed",
};

const none = { rollouts: 0, calls: 0, tokens: 0, microdollars: 0 };
const thought = { ending: "stop", model: "u", logprobSum: null, tokenCount: null } as const;

/** Two candidates of one call, one of them said twice; the second is worth more; one call failed. */
const bodies: SearchEventBody[] = [
  {
    type: "search-start",
    searchId: "srch_1",
    problem: { messages: [], forwarded: {}, reference: null },
    recipe,
    codeVersion: "1",
  },
  {
    type: "step-start",
    stepId: 1,
    attempt: 1,
    step: { type: "propose", nodeId: "0", count: 3, role: "end" },
    reserved: none,
  },
  { type: "thought-add", stepId: 1, nodeId: "1.0", parentId: "0", thought: { ...thought, text: "Answer: 1" } },
  {
    type: "thought-add",
    stepId: 1,
    nodeId: "1.1",
    parentId: "0",
    thought: { ...thought, text: "A long way.\nAnswer: 2" },
  },
  { type: "thought-repeat", stepId: 1, nodeId: "1.0", index: 2 },
  {
    type: "step-end",
    stepId: 1,
    attempts: [
      { ...attempt, outcome: "unavailable", promptTokens: 0, completionTokens: 0, cachedTokens: 0, microdollars: 0 },
      attempt,
    ],
  },
  { type: "step-start", stepId: 2, attempt: 1, step: { type: "verify", nodeIds: ["1.0", "1.1"] }, reserved: none },
  { type: "score-add", stepId: 2, nodeId: "1.0", score: { value: 0.25, kind: "estimate", reason: "r", verifier: "v" } },
  { type: "score-add", stepId: 2, nodeId: "1.1", score: { value: 1, kind: "verdict", reason: "r", verifier: "v" } },
  { type: "step-end", stepId: 2, attempts: [] },
  { type: "search-end", reason: "early-stop", answerNodeId: "1.1", selectionScore: 1, error: null },
];
const events: SearchEvent[] = bodies.map((body, sequence) => ({ sequence, atMs: 100 + sequence, ...body }));
const fold = (list: readonly SearchEvent[]) =>
  foldTree(list, { extract: (text) => text.split("Answer: ")[1] ?? null, classOf: (answer) => answer });

test("an ended search as rows", () => {
  const origin = { searchId: "srch_1", tenantId: "t", createdAtMs: 90, recipe, keyId: "key_1" };
  const rows = searchToRows(origin, fold(events), 110);
  expect(rows.search).toEqual({
    id: "srch_1",
    tenantId: "t",
    model: "espalier/test",
    method: "best-of-n",
    state: "completed",
    stopReason: "early-stop",
    answer: "A long way.\nAnswer: 2",
    score: 1,
    rollouts: 3,
    calls: 2,
    promptTokens: 10,
    completionTokens: 20,
    microdollars: 50,
    seed: 7,
    recipe: JSON.stringify(recipe),
    createdAtMs: 90,
    endedAtMs: 110,
    keyId: "key_1",
  });
  expect(rows.candidates).toEqual([
    {
      searchId: "srch_1",
      nodeId: "1.0",
      text: "Answer: 1",
      answerClass: "1",
      score: 0.25,
      scoreKind: "estimate",
      repeats: 1,
      isAnswer: false,
    },
    {
      searchId: "srch_1",
      nodeId: "1.1",
      text: "A long way.\nAnswer: 2",
      answerClass: "2",
      score: 1,
      scoreKind: "verdict",
      repeats: 0,
      isAnswer: true,
    },
  ]);
  expect(rows.attempts.map(({ index, outcome }) => [index, outcome])).toEqual([
    [0, "unavailable"],
    [1, "completed"],
  ]);
});

test("the same search as its client is told", () => {
  const summary = searchToSummary({
    searchId: "srch_1",
    recipe,
    createdAtMs: 90,
    tree: fold(events),
    lastEventAtMs: 110,
  });
  expect(summary).toMatchObject({ state: "completed", stopReason: "early-stop", wallMs: 20, rollouts: 3, error: null });
  expect(summary.spent).toEqual({
    calls: 2,
    promptTokens: 10,
    completionTokens: 20,
    cachedTokens: 4,
    microdollars: 50,
  });
  // The chosen one first. 21 characters are 6 tokens; 9 are 3; never more than max_tokens.
  expect(
    summary.answers.map(({ nodeId, promptTokens, completionTokens }) => [nodeId, promptTokens, completionTokens]),
  ).toEqual([
    ["1.1", 10, 6],
    ["1.0", 10, 3],
  ]);
});

test("while it runs there is no stop reason, and the best candidate so far leads", () => {
  const tree = fold(events.slice(0, -2));
  const summary = searchToSummary({ searchId: "srch_1", recipe, createdAtMs: 90, tree, lastEventAtMs: 109 });
  expect(summary).toMatchObject({ state: "running", stopReason: null, endedAtMs: null });
  expect(summary.answers[0]?.nodeId).toBe("1.1");
  expect(() => searchToRows({ searchId: "srch_1", tenantId: "t", createdAtMs: 90, recipe }, tree, 1)).toThrow(
    /not ended/,
  );
});
