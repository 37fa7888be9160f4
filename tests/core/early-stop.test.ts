import { expect, test } from "vitest";
import { isGoodEnough } from "../../src/core/early-stop.ts";
import type { SearchEventBody } from "../../src/core/event.ts";
import { scoreAdd, stepEnd, stepStart, thoughtAdd, treeOf } from "../world/log.ts";

/** Candidates with these answers and scores. */
function treeWith(answers: readonly string[], scores: readonly number[] = []) {
  const nodeIds = answers.map((_unused, index) => `1.${index}`);
  const bodies: SearchEventBody[] = [
    stepStart(1, { type: "propose", nodeId: "0", count: answers.length, role: "end" }),
    ...answers.map((answer, index) => thoughtAdd(1, `1.${index}`, "0", `Way ${index}.\nAnswer: ${answer}`, true)),
    stepEnd(1),
    stepStart(2, { type: "verify", nodeIds }),
    ...scores.map((score, index) => scoreAdd(2, `1.${index}`, score)),
    stepEnd(2),
  ];
  return treeOf(bodies);
}

test("one candidate judged as good as wished for is enough", () => {
  const tree = treeWith(["1", "2"], [0.3, 0.9]);
  expect(isGoodEnough(tree, { score: 0.9, agreement: null })).toBe(true);
  expect(isGoodEnough(tree, { score: 0.91, agreement: null })).toBe(false);
});

test("nothing is good enough before anything is there, or where nothing was judged", () => {
  expect(isGoodEnough(treeWith([]), { score: 0.1, agreement: 0.1 })).toBe(false);
  expect(isGoodEnough(treeWith(["1", "1"]), { score: 0.1, agreement: null })).toBe(false);
});

test("3 of 4 candidates that give the same answer are an agreement of 0.75", () => {
  const tree = treeWith(["7", "8", "7", "7"]);
  expect(isGoodEnough(tree, { score: null, agreement: 0.75 })).toBe(true);
  expect(isGoodEnough(tree, { score: null, agreement: 0.76 })).toBe(false);
});

test("two that agree are not enough of them", () => {
  expect(isGoodEnough(treeWith(["7", "7"]), { score: null, agreement: 0.5 })).toBe(false);
  expect(isGoodEnough(treeWith(["7", "7", "7"]), { score: null, agreement: 1 })).toBe(true);
});
