import { expect, test } from "vitest";
import { askedAt, samplesBelow } from "../../src/core/node.ts";
import { scoreAdd, stepEnd, stepStart, thoughtAdd, treeOf } from "../world/log.ts";

test("a judgement is backed up to the root as a mean: (0.8 + 0.2 + 0.5) / 3 by hand", () => {
  const tree = treeOf([
    stepStart(1, { type: "propose", nodeId: "0", count: 2, role: "step" }, 2),
    thoughtAdd(1, "1.0", "0", "a"),
    thoughtAdd(1, "1.1", "0", "b"),
    stepEnd(1),
    stepStart(2, { type: "verify", nodeIds: ["1.0", "1.1"] }),
    scoreAdd(2, "1.0", 0.8),
    scoreAdd(2, "1.1", 0.2),
    stepEnd(2),
    stepStart(3, { type: "propose", nodeId: "1.0", count: 1, role: "step" }, 1),
    thoughtAdd(3, "3.0", "1.0", "c"),
    stepEnd(3),
    stepStart(4, { type: "verify", nodeIds: ["3.0"] }),
    scoreAdd(4, "3.0", 0.5),
    stepEnd(4),
  ]);
  expect([tree.root.visits, tree.root.valueSum / tree.root.visits]).toEqual([3, 0.5]);
  expect([tree.node("1.0").visits, tree.node("1.0").valueSum / 2]).toEqual([2, 0.65]);
});

test("what is in flight is counted along the path, and released when it ends", () => {
  const open = [
    stepStart(1, { type: "propose", nodeId: "0", count: 1, role: "step" }, 1),
    thoughtAdd(1, "1.0", "0", "a"),
    stepEnd(1),
    stepStart(2, { type: "propose", nodeId: "1.0", count: 3, role: "step" }, 3),
    stepStart(3, { type: "verify", nodeIds: ["1.0"] }),
  ];
  const tree = treeOf(open);
  expect([tree.root.inFlight, tree.node("1.0").inFlight, tree.node("1.0").proposing]).toEqual([4, 4, 3]);
  expect(tree.rolloutsInFlight).toBe(3);
  const closed = treeOf([
    ...open,
    stepEnd(3),
    {
      type: "step-fail",
      stepId: 2,
      error: { type: "timeout", message: "" },
      attempts: [],
      willRetry: false,
    },
  ]);
  expect([closed.root.inFlight, closed.node("1.0").inFlight, closed.node("1.0").failures]).toEqual([0, 0, 1]);
  expect(closed.rolloutsInFlight).toBe(0);
});

test("a repeated terminal backs its value up again, also when it repeats before it is judged", () => {
  const tree = treeOf([
    stepStart(1, { type: "propose", nodeId: "0", count: 2, role: "end" }, 2),
    thoughtAdd(1, "1.0", "0", "Answer: 1", true),
    { type: "thought-repeat", stepId: 1, nodeId: "1.0", index: 1 },
    stepEnd(1),
    stepStart(2, { type: "verify", nodeIds: ["1.0"] }),
    scoreAdd(2, "1.0", 0.5),
    stepEnd(2),
    stepStart(3, { type: "propose", nodeId: "0", count: 1, role: "end" }, 1),
    { type: "thought-repeat", stepId: 3, nodeId: "1.0", index: 0 },
    stepEnd(3),
  ]);
  expect([tree.node("1.0").visits, tree.node("1.0").valueSum, tree.node("1.0").repeats]).toEqual([3, 1.5, 2]);
  expect(tree.rollouts).toBe(3);
  expect([tree.root.rollouts, tree.node("1.0").rollouts]).toEqual([3, 3]);
});

test("each node counts the candidates completed at or below it", () => {
  const tree = treeOf([
    stepStart(1, { type: "propose", nodeId: "0", count: 3, role: "end" }, 3),
    thoughtAdd(1, "1.0", "0", "a"),
    thoughtAdd(1, "1.1", "1.0", "Answer: 1", true),
    { type: "thought-repeat", stepId: 1, nodeId: "1.0", index: 2 },
    thoughtAdd(1, "1.3", "1.0", "b"),
    thoughtAdd(1, "1.4", "1.3", "Answer: 2", true),
    thoughtAdd(1, "1.5", "0", "Answer: 3", true),
    stepEnd(1),
  ]);
  const rollouts = ["0", "1.0", "1.1", "1.3", "1.5"].map((id) => tree.node(id).rollouts);
  expect(rollouts).toEqual([3, 2, 1, 1, 1]);
});

test("creation order is by step number, not by arrival", () => {
  const tree = treeOf([
    stepStart(1, { type: "propose", nodeId: "0", count: 1, role: "end" }),
    stepStart(2, { type: "propose", nodeId: "0", count: 1, role: "end" }),
    stepStart(10, { type: "propose", nodeId: "0", count: 1, role: "end" }),
    thoughtAdd(10, "10.0", "0", "Answer: c", true),
    thoughtAdd(2, "2.0", "0", "Answer: b", true),
    thoughtAdd(1, "1.0", "0", "Answer: a", true),
  ]);
  expect(tree.terminals.map(({ id }) => id)).toEqual(["1.0", "2.0", "10.0"]);
  expect(tree.root.children.map(({ id }) => id)).toEqual(["1.0", "2.0", "10.0"]);
});

test("a repeat from an earlier step moves the node to that step's place", () => {
  const tree = treeOf([
    stepStart(1, { type: "propose", nodeId: "0", count: 1, role: "end" }),
    stepStart(2, { type: "propose", nodeId: "0", count: 1, role: "end" }),
    stepStart(3, { type: "propose", nodeId: "0", count: 1, role: "end" }),
    thoughtAdd(3, "3.0", "0", "Answer: c", true),
    thoughtAdd(2, "2.0", "0", "Answer: b", true),
    { type: "thought-repeat", stepId: 1, nodeId: "3.0", index: 0 },
  ]);
  expect(tree.terminals.map(({ id }) => id)).toEqual(["3.0", "2.0"]);
});

test("the path's texts join to the candidate", () => {
  const tree = treeOf([
    stepStart(1, { type: "propose", nodeId: "0", count: 1, role: "end" }),
    thoughtAdd(1, "1.0", "0", "first\n"),
    thoughtAdd(1, "1.1", "1.0", "second\n"),
    thoughtAdd(1, "1.2", "1.1", "Answer: 3", true),
  ]);
  expect(tree.textOf(tree.node("1.2"))).toBe("first\nsecond\nAnswer: 3");
  expect(tree.answerClassOf(tree.node("1.2"))).toBe("3");
  expect(tree.answerClassOf(tree.node("1.1"))).toBeNull();
});

test("samples below a node are told in the order asked for, a child once per completion, whatever arrives first", () => {
  const propose = { type: "propose", nodeId: "0", count: 2, role: "step" } as const;
  const tree = treeOf([
    stepStart(1, propose),
    stepStart(2, propose),
    thoughtAdd(2, "2.0", "0", "a"),
    thoughtAdd(2, "2.1", "0", "b"),
    stepEnd(2),
    { type: "thought-repeat", stepId: 1, nodeId: "2.1", index: 0 },
    thoughtAdd(1, "1.1", "0", "c"),
    stepEnd(1),
  ]);
  // Step 1 said b and c, step 2 said a and b.
  expect(samplesBelow(tree.root).map(({ id }) => id)).toEqual(["2.1", "1.1", "2.0", "2.1"]);
});

test("samples asked for are counted by role, in flight or answered; those that failed are not", () => {
  const list = { type: "propose", nodeId: "0", count: 1, role: "list" } as const;
  const log = [
    stepStart(1, { type: "propose", nodeId: "0", count: 3, role: "step" }),
    thoughtAdd(1, "1.0", "0", "a"),
    stepEnd(1),
    stepStart(2, list),
    stepStart(3, list),
    // The list repeats what is there: no child tells that it was asked for.
    { type: "thought-repeat", stepId: 2, nodeId: "1.0", index: 0 } as const,
    stepEnd(2),
  ];
  const tree = treeOf(log);
  expect([askedAt(tree.root, "step"), askedAt(tree.root, "list"), askedAt(tree.root, "end")]).toEqual([3, 2, 0]);
  const error = { type: "timeout", message: "" } as const;
  const failed = treeOf([...log, { type: "step-fail", stepId: 3, error, attempts: [], willRetry: true }]);
  expect(askedAt(failed.root, "list")).toBe(2);
  const closed = treeOf([...log, { type: "step-fail", stepId: 3, error, attempts: [], willRetry: false }]);
  expect(askedAt(closed.root, "list")).toBe(1);
});
