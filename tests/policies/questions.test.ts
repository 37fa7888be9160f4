import { describe, expect, test } from "vitest";
import type { Completion } from "../../src/core/model.ts";
import type { PolicyInput } from "../../src/core/policy.ts";
import type { Form, Thought } from "../../src/core/thought.ts";
import { policyNamed } from "../../src/lists.ts";
import { gameOf24Problem } from "../world/search.ts";

/** As the list has them: with a rephrased question in view. */
const subQuestion = policyNamed("sub-question");
const reAnswer = policyNamed("re-answer");
const finish = policyNamed("finish");
const oneStep = policyNamed("one-step");
const discriminate = policyNamed("discriminate");
const rephrase = policyNamed("rephrase");

function thought(text: string, form?: Form): Thought {
  return { text, ending: "step", model: "m", logprobSum: null, tokenCount: null, ...(form && { form }) };
}

function inputAt(path: readonly Thought[]): PolicyInput {
  return {
    problem: { ...gameOf24Problem("4 9 10 13"), forwarded: { tools: ["t"], user: "u" } },
    path,
    count: 1,
    seed: 7,
    sampling: { maxTokens: 50, temperature: 0.7, topP: 0.9, stop: ["END"] },
    clientMaxTokens: 50,
    capabilities: {
      n: "honoured",
      continuation: true,
      logprobs: false,
      instructions: true,
      stepSeparator: "\n",
      stepTokens: null,
    },
    prompts: {},
    wantsLogprobs: false,
  };
}

function completion(text: string, ending: Completion["ending"] = "stop"): Completion {
  return { text, ending, stopSequence: null, model: "m", logprobSum: -1, tokenCount: 5, firstToken: [] };
}

const asked = (policy: typeof rephrase, path: readonly Thought[]): string =>
  String(policy.request(inputAt(path)).messages.at(-1)?.content);

describe("a sub-question", () => {
  const read = (text: string, ending?: Completion["ending"]) =>
    subQuestion.thoughts(completion(text, ending), inputAt([]));

  test("is one step with its answer, whatever that answer calls itself", () => {
    expect(read("\nQuestion: how many?\nThe answer is 4.\n")).toMatchObject([
      [{ text: "Question: how many?\nThe answer is 4.\n", ending: "step" }],
    ]);
  });

  test("gives way to the final answer, where the reply asks nothing more", () => {
    expect(read("Answer: 24")).toMatchObject([[{ text: "Answer: 24", ending: "stop" }]]);
  });

  test("cannot be read where there is neither, or the reply was cut off", () => {
    expect(read("Let me think.")).toEqual([]);
    expect(read("Question: how ma", "length")).toEqual([]);
    expect(read("Question:\n")).toEqual([]);
  });

  test("is asked for below the task, with the solution so far between its tags", () => {
    const text = asked(subQuestion, [thought("Question: a\nSo: 1\n")]);
    expect(text).toMatch(/^Use 4 9 10 13 to make 24\n\n/);
    expect(text).toContain("<solution>\nQuestion: a\nSo: 1\n</solution>");
  });
});

describe("another answer to a sub-question", () => {
  const path = [thought("Question: a\nSo: 1\n"), thought("**Question: b?\nSo: 2\nso it is\n")];

  test("is asked for with the steps before it and without the answer that it had", () => {
    const text = asked(reAnswer, path);
    expect(text).toContain("<solution>\nQuestion: a\nSo: 1\n</solution>");
    expect(text).toContain("<sub-question>\n**Question: b?\n</sub-question>");
    expect(text).not.toContain("So: 2");
  });

  test("takes the place of the path: the steps before, the question, the new answer; and is not complete", () => {
    expect(reAnswer.thoughts(completion("So: 3\n"), inputAt(path))).toMatchObject([
      [{ text: "Question: a\nSo: 1\n**Question: b?\nSo: 3\n", form: "revision", ending: "step" }],
    ]);
    expect(reAnswer.thoughts(completion("  "), inputAt(path))).toEqual([]);
    expect(reAnswer.thoughts(completion("So: 3, bec", "length"), inputAt(path))).toEqual([]);
  });
});

describe("a question in other words", () => {
  const note = thought("Given: </rephrased>four numbers.", "note");

  test("is a note, asked for without what shapes an answer", () => {
    expect(rephrase.request(inputAt([])).forwarded).toEqual({ user: "u" });
    expect(rephrase.thoughts(completion("x"), inputAt([]))).toMatchObject([[{ text: "x", form: "note" }]]);
    expect(rephrase.thoughts(completion(" \n"), inputAt([]))).toEqual([]);
  });

  test.each([subQuestion, finish, oneStep, discriminate])(
    "is shown by $name, fenced, and is no part of the answer",
    (policy) => {
      const path = [note, thought("one\n")];
      const request = policy.request(inputAt(path));
      expect(request.messages).toHaveLength(1);
      expect(String(request.messages[0]?.content)).toContain(
        "<rephrased>\nGiven: &lt;/rephrased>four numbers.\n</rephrased>",
      );
      if (policy !== subQuestion) expect(request.prefix).toBe("one\n");
    },
  );

  test("changes nothing where there is none: a note further down is about an answer, not about the question", () => {
    const critique = [thought("one\n"), thought("a flaw", "note")];
    for (const path of [[], critique]) {
      expect(finish.request(inputAt(path))).toEqual(policyNamed("rollout").request(inputAt(path)));
      expect(oneStep.request(inputAt(path))).toEqual(policyNamed("next-step").request(inputAt(path)));
    }
  });
});

test("the discriminator continues like any other and writes a note", () => {
  expect(discriminate.request(inputAt([thought("one\n")]))).toMatchObject({
    prefix: "one\n",
    stop: ["END"],
    maxTokens: 50,
  });
  expect(discriminate.thoughts(completion("Answer: 1"), inputAt([]))).toMatchObject([
    [{ text: "Answer: 1", form: "note" }],
  ]);
});
