import { expect, test } from "vitest";
import { uct, widenBound } from "../../../src/methods/mcts/uct.ts";
import { scoreAdd, stepEnd, stepStart, thoughtAdd, treeOf } from "../../world/log.ts";

/** Root with two children: "1.0" judged 0.6 and 0.2 (n = 2), "1.1" judged 0.5 (n = 1). */
const judged = [
  stepStart(1, { type: "propose", nodeId: "0", count: 3, role: "step" }),
  thoughtAdd(1, "1.0", "0", "a"),
  thoughtAdd(1, "1.1", "0", "b"),
  thoughtAdd(1, "1.2", "0", "c"),
  stepEnd(1),
  stepStart(2, { type: "verify", nodeIds: ["1.0", "1.1"] }),
  scoreAdd(2, "1.0", 0.6),
  scoreAdd(2, "1.0", 0.2),
  scoreAdd(2, "1.1", 0.5),
  stepEnd(2),
];

test("UCT by hand: 0.4 + 1 * sqrt(2 ln 3 / 2) and 0.5 + sqrt(2 ln 3 / 1)", () => {
  const tree = treeOf(judged);
  expect(uct(tree.node("1.0"), tree.root, 1)).toBeCloseTo(0.4 + Math.sqrt(1.0986122887), 9);
  expect(uct(tree.node("1.1"), tree.root, 1)).toBeCloseTo(0.5 + Math.sqrt(2.1972245773), 9);
  expect(uct(tree.node("1.1"), tree.root, 0)).toBe(0.5);
});

test("a child nobody has touched comes first", () => {
  const tree = treeOf(judged);
  expect(uct(tree.node("1.2"), tree.root, 1)).toBe(Number.POSITIVE_INFINITY);
});

test("WU-UCT by hand: two in flight below 1.1 make it 0.5 + sqrt(2 ln(3 + 2) / (1 + 2)), the value unchanged", () => {
  const tree = treeOf([...judged, stepStart(3, { type: "propose", nodeId: "1.1", count: 2, role: "step" })]);
  expect(uct(tree.node("1.1"), tree.root, 1)).toBeCloseTo(0.5 + Math.sqrt((2 * 1.6094379124) / 3), 9);
  expect(uct(tree.node("1.0"), tree.root, 1)).toBeCloseTo(0.4 + Math.sqrt((2 * 1.6094379124) / 2), 9);
});

test("a child that is only in flight explores with its parent's mean for a value", () => {
  const tree = treeOf([...judged, stepStart(3, { type: "propose", nodeId: "1.2", count: 1, role: "step" })]);
  const parentMean = (0.6 + 0.2 + 0.5) / 3;
  expect(uct(tree.node("1.2"), tree.root, 1)).toBeCloseTo(parentMean + Math.sqrt(2 * Math.log(4)), 9);
});

test("one more sample by hand: the root's is worth (1 + 0.6 + 0.5 + 0) / 4, and is bounded like a child tried 3 times", () => {
  const tree = treeOf(judged);
  expect(widenBound(tree.root, 0)).toBeCloseTo(2.1 / 4, 12);
  expect(widenBound(tree.root, 1)).toBeCloseTo(2.1 / 4 + Math.sqrt((2 * 1.0986122887) / 3), 9);
});

test("below a judged node its own value is the pseudo-sample: 0.2 with one child of 0.5 makes 0.35", () => {
  const tree = treeOf([
    ...judged,
    stepStart(3, { type: "propose", nodeId: "1.0", count: 1, role: "step" }),
    thoughtAdd(3, "3.0", "1.0", "d"),
    stepEnd(3),
    stepStart(4, { type: "verify", nodeIds: ["3.0"] }),
    scoreAdd(4, "3.0", 0.5),
    stepEnd(4),
  ]);
  expect(widenBound(tree.node("1.0"), 0)).toBeCloseTo(0.35, 12);
  expect(widenBound(tree.node("3.0"), 1)).toBe(Number.POSITIVE_INFINITY);
});

test("a repetition brings nothing: the same child four times makes (0.2 + 0.5) / (1 + 4)", () => {
  const repeat = (index: number) => ({ type: "thought-repeat", stepId: 3, nodeId: "3.0", index }) as const;
  const tree = treeOf([
    ...judged,
    stepStart(3, { type: "propose", nodeId: "1.0", count: 4, role: "step" }),
    thoughtAdd(3, "3.0", "1.0", "d"),
    repeat(1),
    repeat(2),
    repeat(3),
    stepEnd(3),
    stepStart(4, { type: "verify", nodeIds: ["3.0"] }),
    scoreAdd(4, "3.0", 0.5),
    stepEnd(4),
  ]);
  expect(widenBound(tree.node("1.0"), 0)).toBeCloseTo(0.14, 12);
});
