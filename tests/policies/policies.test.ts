import { expect, test } from "vitest";
import type { Capabilities, Completion } from "../../src/core/model.ts";
import type { PolicyInput } from "../../src/core/policy.ts";
import type { Thought } from "../../src/core/thought.ts";
import { chunk } from "../../src/policies/chunk/policy.ts";
import { nextStep } from "../../src/policies/next-step/policy.ts";
import { proposeList } from "../../src/policies/propose-list/policy.ts";
import { rollout, splitIntoSteps } from "../../src/policies/rollout/policy.ts";
import { wholeAnswer } from "../../src/policies/whole-answer/policy.ts";
import { gameOf24Problem } from "../world/search.ts";

const capabilities: Capabilities = {
  n: "honoured",
  continuation: true,
  logprobs: true,
  instructions: true,
  stepSeparator: "\n",
  stepTokens: null,
};
const input: PolicyInput = {
  problem: { ...gameOf24Problem("4 9 10 13"), forwarded: { user: "u" } },
  path: [thought("13 - 9 = 4 (left: 4 4 10)\n")],
  count: 3,
  seed: 7,
  sampling: { maxTokens: 50, temperature: 0.7, topP: 0.9, stop: ["END"] },
  clientMaxTokens: 50,
  capabilities,
  prompts: {},
  wantsLogprobs: false,
};

function thought(text: string): Thought {
  return { text, ending: "step", model: "m", logprobSum: null, tokenCount: null };
}

function completion(text: string, more: Partial<Completion> = {}): Completion {
  return {
    text,
    ending: "stop",
    stopSequence: null,
    model: "m",
    logprobSum: -3,
    tokenCount: 10,
    firstToken: [],
    ...more,
  };
}

const WORDLESS = [wholeAnswer, rollout, nextStep];

test.each(WORDLESS)("$name asks with the client's sampling and the path so far, and adds no words", (policy) => {
  const request = policy.request(input);
  expect(request).toMatchObject({
    messages: input.problem.messages,
    prefix: "13 - 9 = 4 (left: 4 4 10)\n",
    count: 3,
    seed: 7,
    maxTokens: 50,
    temperature: 0.7,
    topP: 0.9,
    forwarded: { user: "u" },
  });
  expect(request.stop).toEqual(policy.extent === "step" ? ["END", "\n"] : ["END"]);
});

test.each(WORDLESS)("$name keeps the text to the letter and completes a finished reply", (policy) => {
  const text = "10 - 4 = 6 (left: 4 6)\n\n4 * 6 = 24 (left: 24)\nAnswer: (10 - 4) * (13 - 9) = 24";
  const chain = policy.thoughts(completion(text), input)[0] ?? [];
  expect(chain.map((thought) => thought.text).join("")).toBe(text);
  expect(chain.at(-1)?.ending).toBe("stop");
});

test("a whole answer is one thought", () => {
  expect(wholeAnswer.thoughts(completion("a\nb\nAnswer: c"), input)[0]).toEqual([
    { text: "a\nb\nAnswer: c", ending: "stop", model: "m", logprobSum: -3, tokenCount: 10 },
  ]);
});

test("a rollout is split at the separator; blank lines belong to the step before, and only the last completes", () => {
  const [chain = []] = rollout.thoughts(completion("a\n\nb\nAnswer: c", { ending: "length" }), input);
  expect(chain.map(({ text, ending }) => [text, ending])).toEqual([
    ["a\n\n", "step"],
    ["b\n", "step"],
    ["Answer: c", "length"],
  ]);
});

test("the token count of a split reply is shared out by length and adds up exactly: 4 + 3 + 3 of 10 for 4 + 3 + 3 letters", () => {
  const shares = splitIntoSteps(completion("aaa\nbb\nccc"), "\n").map(({ tokenCount }) => tokenCount);
  expect(shares).toEqual([4, 3, 3]);
  const uneven = splitIntoSteps(completion("a\nb\nc\n", { tokenCount: 10 }), "\n").map(({ tokenCount }) => tokenCount);
  expect(uneven.reduce((sum: number, count) => sum + (count ?? 0), 0)).toBe(10);
  expect(splitIntoSteps(completion("a\nb", { tokenCount: null }), "\n").map(({ tokenCount }) => tokenCount)).toEqual([
    null,
    null,
  ]);
});

test("an empty reply is an empty candidate, not none", () => {
  expect(splitIntoSteps(completion(""), "\n")).toHaveLength(1);
});

test.each([
  ["stopped at the separator", completion("10 - 4 = 6 (left: 4 6)", { stopSequence: "\n" }), "step"],
  ["stopped, and nobody says at what", completion("10 - 4 = 6 (left: 4 6)"), "step"],
  ["an answer is marked", completion("Answer: 24"), "stop"],
  ["stopped at the client's own sequence", completion("so far", { stopSequence: "END" }), "stop"],
  ["nothing came", completion(""), "stop"],
  ["cut off", completion("10 - 4", { ending: "length" }), "length"],
])("a next step that %s", (_name, reply, ending) => {
  const thought = nextStep.thoughts(reply, input)[0]?.[0];
  expect(thought?.ending).toBe(ending);
  // The separator that stopped it was not sent, and belongs to the text.
  expect(thought?.text).toBe(ending === "step" ? `${reply.text}\n` : reply.text);
});

test("a list is a chain per line; a reply that ran into its cap loses the line it ends in", () => {
  const text = "- a (left: 1)\n2. b\n\nAnswer: 24";
  const linesOf = (reply: Completion) => proposeList.thoughts(reply, input).map(([step]) => [step?.text, step?.ending]);
  expect(linesOf(completion(text))).toEqual([
    ["a (left: 1)\n", "step"],
    ["b\n", "step"],
    ["Answer: 24", "stop"],
  ]);
  expect(linesOf(completion(text, { ending: "length" }))).toEqual([
    ["a (left: 1)\n", "step"],
    ["b\n", "step"],
  ]);
  expect(linesOf(completion("half a li", { ending: "length" }))).toEqual([]);
});

test("a step is asked for with the tokens a step takes, and what is cut there goes on; at the client's own cap it has ended", () => {
  const short = { ...input, capabilities: { ...capabilities, stepTokens: 12 } };
  expect(nextStep.request(short).maxTokens).toBe(12);
  const cut = completion("10 - 4 = 6 (le", { ending: "length" });
  expect(nextStep.thoughts(cut, short)[0]?.[0]).toMatchObject({ text: "10 - 4 = 6 (le", ending: "step" });
  const roomy = { ...input, capabilities: { ...capabilities, stepTokens: 500 } };
  expect(nextStep.request(roomy).maxTokens).toBe(50);
  expect(nextStep.thoughts(cut, roomy)[0]?.[0]?.ending).toBe("length");
});

const chunked: PolicyInput = { ...input, path: [], sampling: { ...input.sampling, maxTokens: 20 } };
const begun = (chunks: number): PolicyInput => ({
  ...chunked,
  path: Array.from({ length: chunks }, () => thought("a b")),
});

test("a chunk asks for its tokens, and the last one for what the client's cap of 50 leaves: 20, 20, 10", () => {
  expect([0, 1, 2].map((chunks) => chunk.request(begun(chunks)).maxTokens)).toEqual([20, 20, 10]);
  expect(chunk.request(begun(2)).prefix).toBe("a ba b");
});

test.each([
  ["is cut at its own cap goes on", "length", 1, "some text", "step"],
  ["is cut at the client's cap is the end", "length", 2, "some text", "length"],
  ["ends by itself is the end", "stop", 0, "some text", "stop"],
  ["brings nothing is the end", "length", 0, "", "length"],
] as const)("a chunk that %s", (_name, ending, chunks, text, expected) => {
  expect(chunk.thoughts(completion(text, { ending }), begun(chunks))[0]?.[0]).toMatchObject({ text, ending: expected });
});
