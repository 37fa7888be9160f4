import { expect, test } from "vitest";
import type { SearchEventBody } from "../../src/core/event.ts";
import type { Node } from "../../src/core/node.ts";
import { commitmentOf } from "../../src/methods/commitment.ts";
import { scoreAdd, stepEnd, stepStart, thoughtAdd, treeOf } from "../world/log.ts";

/** Root with a (2 visits of 0.5 and 0.7) and b (2 visits of 0.6). */
const fourVisits: readonly SearchEventBody[] = [
  stepStart(1, { type: "propose", nodeId: "0", count: 2, role: "step" }),
  thoughtAdd(1, "1.0", "0", "a"),
  thoughtAdd(1, "1.1", "0", "b"),
  stepEnd(1),
  stepStart(2, { type: "verify", nodeIds: ["1.0", "1.1"] }),
  scoreAdd(2, "1.0", 0.5),
  scoreAdd(2, "1.0", 0.7),
  scoreAdd(2, "1.1", 0.6),
  scoreAdd(2, "1.1", 0.6),
  stepEnd(2),
];

const standing = (log: readonly SearchEventBody[], first = 4, further = 100) => {
  const { root, isHeld } = commitmentOf(treeOf(log), { first, further });
  return [root.id, isHeld];
};

test("with the visits reached and equal, the higher value is committed to, and of equals the earlier created", () => {
  expect(standing(fourVisits)).toEqual(["1.0", false]);
  expect(standing([...fourVisits.slice(0, -1), scoreAdd(2, "1.1", 0.9), stepEnd(2)])).toEqual(["1.1", false]);
});

test("before that the root is searched, until what is in flight will reach the number: then it is held", () => {
  expect(standing(fourVisits, 6)).toEqual(["0", false]);
  const inFlight = stepStart(3, { type: "propose", nodeId: "1.1", count: 2, role: "step" });
  expect(standing([...fourVisits, inFlight], 6)).toEqual(["0", true]);
});

test("a rival with something in flight could still overtake: the choice waits for it", () => {
  const rival = stepStart(3, { type: "propose", nodeId: "1.1", count: 1, role: "step" });
  expect(standing([...fourVisits, rival])).toEqual(["0", true]);
  const arrived = [
    ...fourVisits,
    rival,
    thoughtAdd(3, "3.0", "1.1", "c"),
    stepEnd(3),
    stepStart(4, { type: "verify", nodeIds: ["3.0"] }),
    scoreAdd(4, "3.0", 0.1),
    stepEnd(4),
  ];
  expect(standing(arrived)).toEqual(["1.1", false]);
});

test("another child that is still to come could be better too: the choice waits for it", () => {
  expect(standing([...fourVisits, stepStart(3, { type: "propose", nodeId: "0", count: 1, role: "step" })])).toEqual([
    "0",
    true,
  ]);
});

test("a commitment is found again over every later tree, whatever comes below it", () => {
  const later: SearchEventBody[] = [...fourVisits];
  for (let stepId = 3; stepId < 13; stepId += 2) {
    later.push(
      stepStart(stepId, { type: "propose", nodeId: "1.0", count: 1, role: "step" }),
      thoughtAdd(stepId, `${stepId}.0`, "1.0", `below ${stepId}`),
      stepEnd(stepId),
      stepStart(stepId + 1, { type: "verify", nodeIds: [`${stepId}.0`] }),
      scoreAdd(stepId + 1, `${stepId}.0`, 0),
      stepEnd(stepId + 1),
    );
  }
  // Its value falls far below its sibling's, and it stays: 2, 3, 4, ... visits are always more than 2.
  for (let length = fourVisits.length; length <= later.length; length++) {
    const { root } = commitmentOf(treeOf(later.slice(0, length)), { first: 4, further: 100 });
    expect(root.id).toBe("1.0");
  }
});

test("the next commitment comes after so many further visits, wherever in the tree they were counted before", () => {
  const deeper = [
    ...fourVisits,
    stepStart(3, { type: "propose", nodeId: "1.0", count: 1, role: "step" }),
    thoughtAdd(3, "3.0", "1.0", "c"),
    stepEnd(3),
    stepStart(4, { type: "verify", nodeIds: ["3.0"] }),
    scoreAdd(4, "3.0", 0.5),
    scoreAdd(4, "3.0", 0.5),
    stepEnd(4),
  ];
  // The root has 6 visits; its chosen child already had 2 when it was chosen.
  expect(standing(deeper, 4, 2)).toEqual(["3.0", false]);
  expect(standing(deeper, 4, 3)).toEqual(["1.0", false]);
});

test("a child that is refuted is no choice, however often it was visited", () => {
  const refuted = [...fourVisits.slice(0, -1), scoreAdd(2, "1.0", 0, "verdict"), stepEnd(2)];
  expect(standing(refuted)).toEqual(["1.1", false]);
});

test("without a judged child there is nothing to commit to, and the root is searched on", () => {
  expect(standing([], 0)).toEqual(["0", false]);
});

test("a root that is searched through is committed from at once, but not before its rivals have settled", () => {
  const searched = { first: 100, further: 100, isSearched: ({ id }: Node) => id === "0" };
  expect(commitmentOf(treeOf(fourVisits), searched).root.id).toBe("1.0");
  const judging = stepStart(3, { type: "verify", nodeIds: ["1.1"] });
  expect(commitmentOf(treeOf([...fourVisits, judging]), searched)).toMatchObject({ root: { id: "0" }, isHeld: true });
});
