import { expect, test } from "vitest";
import type { SearchEventBody } from "../../src/core/event.ts";
import type { Node } from "../../src/core/node.ts";
import { type DescentRule, descend } from "../../src/methods/descent.ts";
import { scoreAdd, stepEnd, stepStart, thoughtAdd, treeOf } from "../world/log.ts";

/** Root with a and b; below a the steps c and d. */
const grown: readonly SearchEventBody[] = [
  stepStart(1, { type: "propose", nodeId: "0", count: 4, role: "step" }),
  thoughtAdd(1, "1.0", "0", "a"),
  thoughtAdd(1, "1.1", "0", "b"),
  thoughtAdd(1, "1.2", "1.0", "c"),
  thoughtAdd(1, "1.3", "1.0", "d"),
  stepEnd(1),
];

/** Goes to the first open child; nodes named in `wide` take one more proposal, those in `closed` none at all. */
function ruleOf(wide: readonly string[], closed: readonly string[], asked: string[] = []): DescentRule {
  return {
    isClosed: ({ id }) => closed.includes(id),
    widening: ({ id }) => {
      asked.push(id);
      return wide.includes(id) ? "now" : "never";
    },
    choose: ({ node, open }) => open[0] ?? node,
  };
}

test("it goes down as the rule chooses, to the first node that is chosen itself", () => {
  const { root } = treeOf(grown);
  expect(descend(root, ruleOf(["1.2"], []), new WeakSet())?.id).toBe("1.2");
});

test("where nothing can be asked it comes back and takes the next way", () => {
  const { root } = treeOf(grown);
  expect(descend(root, ruleOf(["1.1"], []), new WeakSet())?.id).toBe("1.1");
  expect(descend(root, ruleOf(["0"], []), new WeakSet())?.id).toBe("0");
});

test("what is exhausted is found from the bottom up, and is not looked at again", () => {
  const tree = treeOf(grown);
  const exhausted = new WeakSet<Node>();
  descend(tree.root, ruleOf(["1.1"], []), exhausted);
  expect(["1.0", "1.2", "1.3"].every((id) => exhausted.has(tree.node(id)))).toBe(true);
  const asked: string[] = [];
  descend(tree.root, ruleOf(["1.1"], [], asked), exhausted);
  expect(asked).toEqual(["0", "1.1"]);
});

test("the root is exhausted when all of it is closed, and then nothing is looked at", () => {
  const tree = treeOf(grown);
  const exhausted = new WeakSet<Node>();
  expect(descend(tree.root, ruleOf([], ["1.1"]), exhausted)).toBeNull();
  const asked: string[] = [];
  expect(descend(tree.root, ruleOf(["1.1"], [], asked), exhausted)).toBeNull();
  expect(asked).toEqual([]);
});

test("a node with a proposal in flight is not exhausted: what comes may be open", () => {
  const tree = treeOf([...grown, stepStart(2, { type: "propose", nodeId: "1.2", count: 1, role: "step" })]);
  const exhausted = new WeakSet<Node>();
  expect(descend(tree.root, ruleOf([], []), exhausted)).toBeNull();
  expect(["1.2", "1.0", "0"].some((id) => exhausted.has(tree.node(id)))).toBe(false);
  expect(exhausted.has(tree.node("1.3"))).toBe(true);
});

test("refuted and complete nodes are never entered", () => {
  const tree = treeOf([
    ...grown,
    stepStart(2, { type: "propose", nodeId: "1.1", count: 1, role: "end" }),
    thoughtAdd(2, "2.0", "1.1", "Answer: 1", true),
    stepEnd(2),
    stepStart(3, { type: "verify", nodeIds: ["1.0"] }),
    scoreAdd(3, "1.0", 0, "verdict"),
    stepEnd(3),
  ]);
  expect(descend(tree.root, ruleOf(["1.0", "1.2", "2.0"], []), new WeakSet())).toBeNull();
});
