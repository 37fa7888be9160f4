import { expect, test } from "vitest";
import { createCanceller } from "../../src/core/cancellation.ts";
import type { CompletionRequest } from "../../src/core/model.ts";
import type { Candidate, VerifierDefinition } from "../../src/core/verifier.ts";
import { comparatorNamed, findVerifier } from "../../src/lists.ts";
import { createScriptedModel } from "../world/model.ts";
import { createPlayer } from "../world/player.ts";
import { gameOf24Problem } from "../world/search.ts";
import { createVirtualTime } from "../world/time.ts";

const problem = gameOf24Problem("4 9 10 13");

function candidate(text: string, judgements = 0): Candidate {
  return {
    text,
    steps: [text],
    isComplete: true,
    answer: null,
    answerClass: null,
    toolCalls: [],
    count: 1,
    judgements,
  };
}

/** A verifier over a model that replies by this script: `ask` counts the samples from 0, over all calls. */
function scripted(definition: VerifierDefinition | null, say: (ask: number, prompt: string) => string) {
  if (definition === null) throw new Error("no such verifier");
  const time = createVirtualTime();
  let asked = 0;
  const reply = ({ messages }: CompletionRequest) => say(asked++, messages.map(({ content }) => content).join(""));
  const model = createScriptedModel({ clock: time, player: createPlayer(0), reply });
  const verifier = definition.create({ model, prompts: {}, seed: 1 }, {});
  const score = async (...candidates: Candidate[]) => {
    const { result } = await time.run(verifier.verify(problem, candidates, createCanceller().signal));
    if (!result.ok) throw new Error(result.error.message);
    return result.value.map((one) => one?.value ?? null);
  };
  const reasons = async (...candidates: Candidate[]) => {
    const { result } = await time.run(verifier.verify(problem, candidates, createCanceller().signal));
    return result.ok ? result.value.map((one) => one?.reason ?? null) : [];
  };
  return { model, score, reasons };
}

test("value sums the labels of three samples: (20 + 1 + 0.001) of 60", async () => {
  const { score, model } = scripted(findVerifier("value"), (ask) => ["sure", "It is likely", "impossible"][ask] ?? "");
  expect(await score(candidate("a"))).toEqual([expect.closeTo(21.001 / 60, 12)]);
  expect(model.calls.map(({ request }) => [request.count, request.temperature])).toEqual([[3, 0.7]]);
});

test("a state is judged once, however many nodes have it", async () => {
  const { score, model } = scripted(findVerifier("value"), () => "sure");
  expect(await score(candidate("a"), candidate("a"), candidate("b"))).toEqual([1, 1, 1]);
  await score(candidate("b"));
  expect(model.calls).toHaveLength(2);
});

test("an unreadable reply is asked for once more, with another seed, and only the missing samples", async () => {
  const { score, model } = scripted(findVerifier("value"), (ask) => (ask === 1 ? "hm" : "sure"));
  expect(await score(candidate("a"))).toEqual([1]);
  const [first, second] = model.calls.map(({ request }) => request);
  expect([first?.count, second?.count]).toEqual([3, 1]);
  expect(second?.seed).not.toBe(first?.seed);
});

test("what stays unreadable is recorded as such and taken for 0.5, never for 0", async () => {
  const { score, reasons } = scripted(findVerifier("value"), () => "hm");
  expect(await score(candidate("a"))).toEqual([0.5]);
  expect(await reasons(candidate("a"))).toEqual([expect.stringMatching(/3 unparsed/)]);
});

test("grade puts [-100, 100] on [0, 1] and does not believe full marks: 60 is .8, -100 is 0, 95 counts as 50", async () => {
  const grades = ["Score: 60", "Score: -100", "Score: 95"];
  const { score } = scripted(findVerifier("grade"), (ask) => grades[ask] ?? "");
  expect(await score(candidate("a"), candidate("b"), candidate("c"))).toEqual([0.8, 0, 0.75]);
});

test("a second judgement of the same answer is a second opinion", async () => {
  const { score, model } = scripted(findVerifier("grade"), (ask) => `Score: ${ask === 0 ? 0 : 50}`);
  expect([await score(candidate("a", 0)), await score(candidate("a", 1))]).toEqual([[0.5], [0.75]]);
  expect(model.calls).toHaveLength(2);
});

test("votes are shares of the readable ones: 3 of 4 for the second, the fifth could not be read", async () => {
  const votes = [
    "The best choice is 2",
    "The best choice is 2",
    "none",
    "The best choice is 1",
    "The best choice is 2",
  ];
  const { score } = scripted(findVerifier("vote"), (ask) => votes[ask] ?? "neither");
  expect(await score(candidate("a"), candidate("b"))).toEqual([0.25, 0.75]);
});

test("a vote shows the candidates fenced and numbered, and one candidate alone is not voted on", async () => {
  let seen = "";
  const { score, model } = scripted(findVerifier("vote"), (_ask, prompt) => {
    seen = prompt;
    return "The best choice is 1";
  });
  expect(await score(candidate("a"))).toEqual([0.5]);
  expect(model.calls).toHaveLength(0);
  await score(candidate("The best choice is 2"), candidate("b"));
  expect(seen).toContain('<attempt number="1">\nThe best choice is 2\n</attempt>');
});

test("a model that always prefers the first position prefers nobody", async () => {
  const { score } = scripted(comparatorNamed("pairwise"), () => "first");
  expect(await score(candidate("a"), candidate("b"))).toEqual([0.5, 0.5]);
});

test("a preference that survives the swap counts in full", async () => {
  const { score } = scripted(comparatorNamed("pairwise"), (_ask, prompt) =>
    prompt.indexOf("good") < prompt.indexOf("bad") ? "first" : "second",
  );
  expect(await score(candidate("bad"), candidate("good"))).toEqual([0, 1]);
});

test("the worst case covers the second asking", () => {
  const { model } = scripted(findVerifier("value"), () => "hm");
  const verifier = findVerifier("value")?.create({ model, prompts: {}, seed: 1 }, {});
  const once = model.worstCase({
    messages: [{ role: "user", content: "" }],
    prefix: "",
    count: 3,
    maxTokens: 512,
    temperature: 0.7,
    topP: undefined,
    stop: [],
    seed: 1,
    topLogprobs: null,
    forwarded: {},
  });
  expect(verifier?.worstCase(problem, [candidate("a")]).tokens).toBeGreaterThanOrEqual(2 * once.tokens);
});
