import { expect, test } from "vitest";
import type { SearchEventBody } from "../../../src/core/event.ts";
import { preferencePairs } from "../../../src/methods/preference-bfs/pairs.ts";
import type { WinnerRule } from "../../../src/methods/preference-bfs/winner.ts";
import { scoreAdd, stepEnd, stepStart, thoughtAdd, treeOf } from "../../world/log.ts";

const repeat = { type: "thought-repeat", stepId: 3, nodeId: "3.1", index: 2 } as const;

/**
 * a, b, c at the root; a1, a2 below a; b1 below b. Below a1 the answers 5 (worth 0.9) and 7 (0.3, said three times);
 * below b1 the answer 7 once more (0.4). c and a2 were never gone on from.
 */
const TREE: readonly SearchEventBody[] = [
  stepStart(1, { type: "propose", nodeId: "0", count: 3, role: "step" }),
  thoughtAdd(1, "1.0", "0", "a\n"),
  thoughtAdd(1, "1.1", "0", "b\n"),
  thoughtAdd(1, "1.2", "0", "c\n"),
  stepEnd(1),
  stepStart(2, { type: "propose", nodeId: "1.0", count: 2, role: "step" }),
  thoughtAdd(2, "2.0", "1.0", "a1\n"),
  thoughtAdd(2, "2.1", "1.0", "a2\n"),
  stepEnd(2),
  stepStart(3, { type: "propose", nodeId: "2.0", count: 4, role: "step" }, 4),
  thoughtAdd(3, "3.0", "2.0", "Answer: 5", true),
  thoughtAdd(3, "3.1", "2.0", "Answer: 7", true),
  repeat,
  { ...repeat, index: 3 },
  stepEnd(3),
  stepStart(4, { type: "propose", nodeId: "1.1", count: 1, role: "step" }),
  thoughtAdd(4, "4.0", "1.1", "b1\n"),
  stepEnd(4),
  stepStart(5, { type: "propose", nodeId: "4.0", count: 1, role: "step" }, 1),
  thoughtAdd(5, "5.0", "4.0", "Answer: 7", true),
  stepEnd(5),
  stepStart(6, { type: "verify", nodeIds: ["3.0", "3.1", "5.0"] }),
  scoreAdd(6, "3.0", 0.9),
  scoreAdd(6, "3.1", 0.3),
  scoreAdd(6, "5.0", 0.4),
  stepEnd(6),
];

function pairs(log: readonly SearchEventBody[], rule: WinnerRule): string[] {
  return preferencePairs(treeOf(log), rule).map(
    ({ prefix, chosen, rejected, isRejectedExpanded }) =>
      `${prefix.id}: ${chosen.id} > ${rejected.id}${isRejectedExpanded ? "" : " (unexpanded)"}`,
  );
}

test("by value: 5 is worth 0.9, and 7 is worth 0.3 + 0.4, for what is said three times counts once", () => {
  expect(pairs(TREE, "value")).toEqual([
    "0: 1.0 > 1.1",
    "0: 1.0 > 1.2 (unexpanded)",
    "1.0: 2.0 > 2.1 (unexpanded)",
    // Complete: what became of it is known.
    "2.0: 3.0 > 3.1",
  ]);
});

test("by count: two candidates say 7 and one says 5; a and b both lead to a 7, so that neither is the other's loser", () => {
  expect(pairs(TREE, "count")).toEqual([
    "0: 1.0 > 1.2 (unexpanded)",
    "0: 1.1 > 1.2 (unexpanded)",
    "1.0: 2.0 > 2.1 (unexpanded)",
    "2.0: 3.1 > 3.0",
  ]);
});

test("without an answer that anybody believes in there are no pairs", () => {
  expect(pairs(TREE.slice(0, 8), "count")).toEqual([]);
  const disbelieved = TREE.map((event) =>
    event.type === "score-add" ? { ...event, score: { ...event.score, value: 0 } } : event,
  );
  expect(pairs(disbelieved, "value")).toEqual([]);
});

test("notes are neither chosen nor rejected", () => {
  const note: SearchEventBody = {
    type: "thought-add",
    stepId: 7,
    nodeId: "7.0",
    parentId: "1.0",
    thought: { text: "n", ending: "stop", form: "note", model: "m", logprobSum: null, tokenCount: null },
  };
  const log = [...TREE, stepStart(7, { type: "propose", nodeId: "1.0", count: 1, role: "critique" }), note, stepEnd(7)];
  expect(pairs(log, "value")).toEqual(pairs(TREE, "value"));
});
