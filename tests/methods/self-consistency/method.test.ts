import { describe, expect, test } from "vitest";
import type { CompletionRequest } from "../../../src/core/model.ts";
import { runWorld } from "../../world/search.ts";

/** Says these answers, one a call, in the order of the calls; then the last one for ever. Width 1 only. */
function saying(...answers: readonly string[]): (request: CompletionRequest) => string {
  let next = 0;
  return () => answers[Math.min(next++, answers.length - 1)] ?? "";
}

const base = { method: "self-consistency", verifiers: [], rollouts: 20, width: 1 } as const;

describe("sampling ends", () => {
  test("by default only when the majority cannot change: 11 of 20", async () => {
    const { tree } = await runWorld({ ...base, reply: () => "Answer: 1" });
    expect(tree.rollouts).toBe(11);
    expect(tree.end?.reason).toBe("early-stop");
  });

  test("beta: after four unanimous answers, equal texts told once and counted four times", async () => {
    const { tree } = await runWorld({ ...base, params: { stop: "beta" }, reply: () => "Answer: 1" });
    expect(tree.rollouts).toBe(4);
    expect(tree.terminals.map(({ repeats }) => repeats)).toEqual([3]);
    expect(tree.end).toMatchObject({ reason: "early-stop", selectionScore: 1 });
  });

  test("beta: an answer against it delays the end to 6:1, the seventh sample", async () => {
    const { tree } = await runWorld({
      ...base,
      params: { stop: "beta" },
      reply: saying("Answer: 1", "Answer: 2", "Answer: 1"),
    });
    expect(tree.rollouts).toBe(7);
  });

  test("entropy: 4:1 is the first clear vote after a quarrel, at five samples", async () => {
    const reply = saying("Answer: 1", "Answer: 2", "Answer: 1");
    expect((await runWorld({ ...base, params: { stop: "entropy" }, reply })).tree.rollouts).toBe(5);
  });

  test("majority: 4 of 5 with the fifth unparsable", async () => {
    const reply = saying("no answer\nat all", "Answer: 1");
    expect((await runWorld({ ...base, params: { stop: "majority" }, reply })).tree.rollouts).toBe(5);
  });

  test("none: not before all samples are in, and then the search is complete", async () => {
    const { tree } = await runWorld({ ...base, params: { stop: "none" }, reply: () => "Answer: 1" });
    expect(tree.rollouts).toBe(20);
    expect(tree.end?.reason).toBe("completed");
  });
});

test("on an early stop what is in flight is cancelled, and metered", async () => {
  const { tree, model } = await runWorld({
    ...base,
    width: 8,
    params: { stop: "beta" },
    reply: () => "Answer: 1",
    latencyMs: ({ number }) => (number < 4 ? 100 : 1000),
  });
  expect(tree.end?.reason).toBe("early-stop");
  expect(tree.rollouts).toBe(4);
  const outcomes = tree.attempts.map(({ outcome }) => outcome);
  expect(outcomes.filter((outcome) => outcome === "cancelled")).toHaveLength(4);
  expect(outcomes).toHaveLength(model.calls.length);
  expect(tree.spent.calls).toBe(8);
  // A cancelled call of the scripted world has generated one token.
  const cancelled = tree.attempts.filter(({ outcome }) => outcome === "cancelled");
  expect(cancelled.map(({ completionTokens }) => completionTokens)).toEqual([1, 1, 1, 1]);
});

test("an early answer is not taken back by a majority that would have come later", async () => {
  const params = { stop: "beta" };
  const reply = saying("Answer: 1", "Answer: 1", "Answer: 1", "Answer: 1", "Answer: 2");
  const { tree } = await runWorld({ ...base, params, reply });
  expect(tree.textOf(tree.node(tree.end?.answerNodeId ?? ""))).toBe("Answer: 1");
});
