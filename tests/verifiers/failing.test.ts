import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createCanceller } from "../../src/core/cancellation.ts";
import type { ModelError } from "../../src/core/model.ts";
import { questionOf } from "../../src/core/problem.ts";
import { fail } from "../../src/core/result.ts";
import { localVerifier, type Verifier } from "../../src/core/verifier.ts";
import { compositeVerifier } from "../../src/verifiers/composite.ts";
import type { ScriptedCall } from "../world/model.ts";
import { OPINION } from "../world/opinion.ts";
import { runWorld } from "../world/search.ts";
import { candidate } from "./scripted.ts";

/** A failing verifier is an event, and the search goes on with what it has. */

const ERRORS: readonly ModelError[] = [
  { type: "unavailable", message: "down" },
  { type: "timeout", message: "late" },
  { type: "malformed", message: "garbled" },
  { type: "unparsed", message: "says nothing" },
  { type: "unauthorized", message: "no" },
  { type: "invalid-request", message: "what?" },
  { type: "model-not-found", message: "who?" },
  { type: "rate-limited", message: "later", retryAfterMs: 10 },
];

const isJudging = ({ request }: ScriptedCall) =>
  questionOf({ messages: request.messages, forwarded: {}, reference: null }).startsWith("Judge:");

describe.each(["mcts", "best-of-n", "beam", "tot-bfs", "gumbel"])("%s", (method) => {
  test.each(ERRORS)("is answered although every judgement fails with $type", async (error) => {
    const { tree, events, model } = await runWorld({
      method,
      verifiers: ["judge", "game-of-24"],
      rollouts: 6,
      limits: { rollouts: 6, calls: 400 },
      width: 4,
      failure: (call) => (isJudging(call) ? error : null),
    });
    expect(tree.end?.answerNodeId).not.toBeNull();
    expect(tree.end?.reason).not.toBe("upstream-errors");
    expect(tree.end?.error).toBeNull();
    if (!model.calls.some(isJudging)) return;
    expect(events.some((event) => event.type === "step-fail" && event.error.type === error.type)).toBe(true);
    expect(tree.reserved).toEqual({ rollouts: 0, calls: 0, tokens: 0, microdollars: 0 });
  });
});

test("a verdict is kept although the judge that was asked beside it is down", async () => {
  const { tree } = await runWorld({
    method: "mcts",
    verifiers: ["game-of-24", "judge"],
    rollouts: 32,
    width: 8,
    failure: (call) => (isJudging(call) ? { type: "unauthorized", message: "no" } : null),
  });
  const judged = tree.terminals.filter((node) => node.scores.length > 0);
  expect(judged.length).toBeGreaterThan(0);
  expect(judged.every((node) => node.scores.every(({ verifier }) => verifier === "game-of-24"))).toBe(true);
});

test("judgements that fail now and then cost no answer, whichever they are", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }), fc.nat(100), async (fails, seed) => {
      const { tree } = await runWorld({
        method: "mcts",
        verifiers: ["judge", "game-of-24"],
        rollouts: 5,
        width: 3,
        seed,
        failure: (call) =>
          isJudging(call) && fails[call.number % fails.length] ? { type: "invalid-request", message: "no" } : null,
      });
      expect(tree.end?.answerNodeId).not.toBeNull();
      expect(tree.end?.reason).not.toBe("upstream-errors");
    }),
    { numRuns: 40 },
  );
});

test("the answers' own failures still end the search", async () => {
  const { tree } = await runWorld({
    method: "best-of-n",
    verifier: OPINION,
    failure: (call) => (isJudging(call) ? null : { type: "unauthorized", message: "no" }),
  });
  expect(tree.end).toMatchObject({ reason: "upstream-errors", answerNodeId: null, error: { type: "unauthorized" } });
});

describe("the composite", () => {
  const down: Verifier = {
    name: "down",
    scope: "all",
    isComparative: false,
    worstCase: () => ({ rollouts: 0, calls: 1, tokens: 0, microdollars: 0 }),
    verify: async () => ({ result: fail({ type: "unavailable", message: "down" }), attempts: [] }),
  };
  const half = (name: string): Verifier => {
    const local = localVerifier({ name, scope: "all", isComparative: false }, (_problem, candidates) =>
      candidates.map(() => ({ value: 0.5, kind: "estimate", reason: "half", verifier: name })),
    );
    return local;
  };
  const problem = { messages: [], forwarded: {}, reference: null };

  test("asks the others all the same and tells what they said beside the failure", async () => {
    const { verifyNow: _local, ...after } = half("after");
    const composite = compositeVerifier([
      { verifier: down, weight: 1 },
      { verifier: after, weight: 1 },
      { verifier: half("local"), weight: 3 },
    ]);
    const outcome = await composite.verify(problem, [candidate("a")], createCanceller().signal);
    expect(outcome.result).toMatchObject({ ok: false, error: { type: "unavailable" } });
    expect(outcome.settled).toMatchObject([{ value: 0.5, verifier: "local+after" }]);
  });

  test("what was settled is in the tree when the failing part is given up, in a step that cost nothing", async () => {
    const verifier = compositeVerifier([
      { verifier: down, weight: 1 },
      { verifier: half("local"), weight: 1 },
    ]);
    const { tree, events } = await runWorld({ method: "best-of-n", verifier, rollouts: 3, width: 3 });
    expect(tree.terminals.length).toBeGreaterThan(0);
    for (const node of tree.terminals) expect(node.scores.map((score) => score.verifier)).toEqual(["local"]);
    expect(events.filter((event) => event.type === "step-fail" && !event.willRetry).length).toBeGreaterThan(0);
    expect(tree.spent.calls).toBe(
      events.filter((event) => event.type === "step-end").flatMap(({ attempts }) => attempts).length,
    );
  });
});
