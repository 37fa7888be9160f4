import { expect, test } from "vitest";
import { probabilityOfYes } from "../../src/core/reply.ts";
import { SELF_EVALUATION_PROMPT } from "../../src/verifiers/self-evaluation/prompt.ts";
import { selfEvaluation } from "../../src/verifiers/self-evaluation/verifier.ts";
import { candidate, scripted } from "./scripted.ts";

test("P(True) by hand: all spellings of both words count, .6 / (.6 + .2) = .75", () => {
  const token = (word: string, probability: number) => ({ token: word, logprob: Math.log(probability) });
  const completion = {
    text: "True",
    ending: "stop" as const,
    stopSequence: null,
    model: "m",
    logprobSum: null,
    tokenCount: 1,
    firstToken: [token("True", 0.5), token(" true", 0.1), token("False", 0.2), token("Yes", 0.2)],
  };
  expect(probabilityOfYes(completion, ["true", "false"])).toBeCloseTo(0.75, 12);
  expect(probabilityOfYes({ ...completion, firstToken: [token("Maybe", 1)] }, ["true", "false"])).toBeNull();
});

test("the model is shown its own answer and asked for one token with its alternatives", async () => {
  const { values, model, asked } = scripted(selfEvaluation, () => null);
  const [value] = await values("Answer: 24");
  expect(value).toBeGreaterThan(0);
  expect(value).toBeLessThan(1);
  expect(asked()[0]).toContain("<answer>\nAnswer: 24\n</answer>");
  expect(model.calls[0]?.request).toMatchObject({ maxTokens: 1, topLogprobs: 20, count: 1 });
});

test("partial answers are not asked about", async () => {
  const { scores, verifier, model } = scripted(selfEvaluation, () => null);
  expect(await scores(candidate("a", { isComplete: false }))).toEqual([null]);
  expect([verifier.scope, selfEvaluation.scoresSteps, model.calls.length]).toEqual(["complete", false, 0]);
});

test("a model without log-probabilities is refused, and one that follows no instructions", () => {
  const { model, problem } = scripted(selfEvaluation, () => null);
  const refusal = (capabilities: Partial<typeof model.capabilities>) =>
    selfEvaluation.refusal(problem, { name: "m", capabilities: { ...model.capabilities, ...capabilities } }, {}, {});
  expect(refusal({})).toBeNull();
  expect(refusal({ logprobs: false })).toMatch(/log-probabilities/);
  expect(refusal({ instructions: false })).toContain(SELF_EVALUATION_PROMPT.name);
});
