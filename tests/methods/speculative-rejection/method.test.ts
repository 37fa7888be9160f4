import { expect, test } from "vitest";
import { speculativeRejection } from "../../../src/methods/speculative-rejection/method.ts";
import { asked, decisionsOf } from "../../world/decisions.ts";
import { scoreAdd, stepEnd, stepStart, thoughtAdd, treeOf } from "../../world/log.ts";
import { runWorld } from "../../world/search.ts";
import { writeInChunks } from "./cases.ts";

const context = { rollouts: 4, verifier: { name: "prm", scope: "all", isComparative: false }, seed: 1 } as const;
const method = speculativeRejection.create({ chunk_tokens: 20 }, context);

/** The draft is finished; three answers have grown by a chunk. Scores in the order draft, 2.0, 2.1, 2.2. */
function checkpoint(scores: readonly number[], kinds: readonly ("estimate" | "verdict")[] = []) {
  const ids = ["1.0", "2.0", "2.1", "2.2"];
  return [
    stepStart(1, { type: "propose", nodeId: "0", count: 1, role: "end" }, 1),
    thoughtAdd(1, "1.0", "0", "Answer: 1", true),
    stepEnd(1),
    stepStart(2, { type: "propose", nodeId: "0", count: 3, role: "chunk", maxTokens: 20 }),
    thoughtAdd(2, "2.0", "0", "b"),
    thoughtAdd(2, "2.1", "0", "c"),
    thoughtAdd(2, "2.2", "0", "d"),
    stepEnd(2),
    stepStart(3, { type: "verify", nodeIds: ids }),
    ...ids.map((id, index) => scoreAdd(3, id, scores[index] ?? 0, kinds[index])),
    stepEnd(3),
  ];
}

test("N answers begin together, one of them the draft, and each is asked for its next chunk", () => {
  expect(decisionsOf(method, []).steps).toEqual([
    { type: "propose", nodeId: "0", count: 1, role: "end" },
    { type: "propose", nodeId: "0", count: 3, role: "chunk", maxTokens: 20 },
  ]);
});

test("the worse half is dropped, and a finished answer competes with the growing ones", () => {
  expect(asked(method, checkpoint([0.1, 0.4, 0.9, 0.6]))).toEqual(["chunk 1 at 2.1", "chunk 1 at 2.2"]);
  // The finished one is among the better half: one of the others has to go for it.
  expect(asked(method, checkpoint([0.7, 0.4, 0.9, 0.6]))).toEqual(["chunk 1 at 2.1"]);
});

test("equals stay together: with three of four at the median none of the three is dropped", () => {
  expect(asked(method, checkpoint([0.1, 0.5, 0.5, 0.5]))).toEqual([
    "chunk 1 at 2.0",
    "chunk 1 at 2.1",
    "chunk 1 at 2.2",
  ]);
});

test("a finished answer above all others ends it; a growing one above a finished one does not", () => {
  const greedy = speculativeRejection.create({ rejection_rate: 0.95 }, context);
  expect(asked(greedy, checkpoint([0.9, 0.4, 0.8, 0.6]))).toEqual(["completed"]);
  expect(greedy.answer(treeOf(checkpoint([0.9, 0.4, 0.8, 0.6])))?.node.id).toBe("1.0");
  expect(asked(greedy, checkpoint([0.8, 0.4, 0.9, 0.6]))).toEqual(["chunk 1 at 2.1"]);
});

test("refuted answers go before the quantile is taken: of the three that are left the better two stay", () => {
  const log = checkpoint([0, 0.4, 0.9, 0.6], ["verdict"]);
  expect(asked(method, log)).toEqual(["chunk 1 at 2.1", "chunk 1 at 2.2"]);
});

test("a finished answer keeps competing at the next checkpoint", () => {
  const log = [
    ...checkpoint([0.7, 0.4, 0.9, 0.6]),
    stepStart(4, { type: "propose", nodeId: "2.1", count: 1, role: "chunk", maxTokens: 20 }),
    thoughtAdd(4, "4.0", "2.1", "e"),
    stepEnd(4),
    stepStart(5, { type: "verify", nodeIds: ["4.0"] }),
    scoreAdd(5, "4.0", 0.3),
    stepEnd(5),
  ];
  // 0.7 finished against 0.3: the growing one is dropped, and all that is left is finished.
  expect(asked(method, log)).toEqual(["completed"]);
});

test("a rate of 0 drops nothing: all N answers come to their end, in as many chunks as they take", async () => {
  const { tree, model } = await runWorld({
    method: "speculative-rejection",
    params: { chunk_tokens: 20, rejection_rate: 0 },
    verifiers: ["grade"],
    reply: writeInChunks,
    rollouts: 6,
    width: 8,
  });
  expect(tree.rollouts).toBe(6);
  for (const { request } of model.calls.slice(1))
    expect(request.maxTokens === 20 || request.maxTokens === 512).toBe(true);
});

test("dropping answers saves tokens: less is generated than best-of-n of the same size takes", async () => {
  const generated = async (rejection_rate: number) => {
    const { tree } = await runWorld({
      method: "speculative-rejection",
      params: { chunk_tokens: 20, rejection_rate },
      verifiers: ["grade"],
      reply: writeInChunks,
      rollouts: 8,
      width: 8,
    });
    return tree.nodes.reduce((sum, { thought, repeats }) => sum + (thought?.tokenCount ?? 0) * (1 + repeats), 0);
  };
  expect(await generated(0.5)).toBeLessThan(0.7 * (await generated(0)));
});
