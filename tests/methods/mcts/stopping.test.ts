import { expect, test } from "vitest";
import type { SearchEventBody } from "../../../src/core/event.ts";
import { candidatesUnchanged, isGatePassed } from "../../../src/methods/mcts/stopping.ts";
import { scoreAdd, stepEnd, stepStart, thoughtAdd, treeOf } from "../../world/log.ts";

/** Candidates in creation order, each with its answer and judgement; null is not judged yet. */
function candidates(...list: readonly (readonly [string, number | null])[]) {
  const log: SearchEventBody[] = [
    stepStart(1, { type: "propose", nodeId: "0", count: list.length, role: "end" }),
    ...list.map(([answer], index) => thoughtAdd(1, `1.${index}`, "0", `${index}\nAnswer: ${answer}`, true)),
    stepEnd(1),
  ];
  for (const [index, [, score]] of list.entries()) {
    if (score === null) continue;
    const stepId = index + 2;
    log.push(stepStart(stepId, { type: "verify", nodeIds: [`1.${index}`] }), scoreAdd(stepId, `1.${index}`, score));
    log.push(stepEnd(stepId));
  }
  return log;
}

const unchanged = (log: readonly SearchEventBody[]) => candidatesUnchanged(treeOf(log), (node) => node.isVerified);

test("the gate is passed at its very value, not below it", () => {
  const tree = treeOf(candidates(["7", 0.5], ["8", 0.8], ["9", null]));
  expect(isGatePassed(tree, 0.8)).toBe(true);
  expect(isGatePassed(tree, 0.81)).toBe(false);
  expect(isGatePassed(treeOf([]), 0)).toBe(false);
});

test("after the first candidate nothing has been unchanged; worse ones and better ones of its class count", () => {
  expect(unchanged(candidates(["7", 0.5]))).toBe(0);
  expect(unchanged(candidates(["7", 0.5], ["8", 0.2], ["7", 0.9]))).toBe(2);
});

test("a better answer of another class begins anew", () => {
  expect(unchanged(candidates(["7", 0.5], ["8", 0.2], ["9", 0.6], ["8", 0.1]))).toBe(1);
});

test("an answer as good as the leader does not replace it", () => {
  expect(unchanged(candidates(["7", 0.5], ["8", 0.5]))).toBe(1);
});

test("repeats of a candidate count, and one that waits for its judgement does not", () => {
  const log = candidates(["7", 0.5], ["8", 0.2], ["9", null]);
  const repeat: SearchEventBody[] = [
    stepStart(9, { type: "propose", nodeId: "0", count: 2, role: "end" }),
    { type: "thought-repeat", stepId: 9, nodeId: "1.1", index: 0 },
    { type: "thought-repeat", stepId: 9, nodeId: "1.1", index: 1 },
    stepEnd(9),
  ];
  expect(unchanged([...log, ...repeat])).toBe(3);
});
