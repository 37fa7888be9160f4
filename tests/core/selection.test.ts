import { expect, test } from "vitest";
import type { SearchEventBody } from "../../src/core/event.ts";
import { isMajoritySettled, tally } from "../../src/core/selection/tally.ts";
import { value } from "../../src/core/selection/value.ts";
import { majority, weightedMajority } from "../../src/core/selection/vote.ts";
import { scoreAdd, stepEnd, stepStart, thoughtAdd, treeOf } from "../world/log.ts";

/** Candidates "1.0", "1.1", ... with these answers and scores. */
function candidates(answers: readonly (readonly [string, number | null])[]) {
  const bodies: SearchEventBody[] = [
    stepStart(1, { type: "propose", nodeId: "0", count: answers.length, role: "end" }),
  ];
  answers.forEach(([text], index) => void bodies.push(thoughtAdd(1, `1.${index}`, "0", text, true)));
  bodies.push(stepEnd(1), stepStart(2, { type: "verify", nodeIds: answers.map((_unused, index) => `1.${index}`) }));
  answers.forEach(([, value], index) => {
    if (value !== null) bodies.push(scoreAdd(2, `1.${index}`, value));
  });
  return treeOf([...bodies, stepEnd(2)]);
}

test("value serves the highest judgement, ties to the earliest", () => {
  const tree = candidates([
    ["Answer: 1", 0.2],
    ["Answer: 2", 0.9],
    ["Answer: 3", 0.9],
  ]);
  expect(value.choose(tree)?.node.id).toBe("1.1");
});

test("value serves the first candidate where nothing was judged, and nothing where there is none", () => {
  expect(
    value.choose(
      candidates([
        ["Answer: 1", null],
        ["Answer: 2", null],
      ]),
    )?.node.id,
  ).toBe("1.0");
  expect(value.choose(candidates([]))).toBeNull();
});

test("majority: 2 of 4 beat 1 and 1; weighted majority can decide otherwise", () => {
  const tree = candidates([
    ["Answer: 7", 0.1],
    ["Answer: 8", 0.9],
    ["Answer: 7.0", 0.3],
    ["no answer\nmarked here", 1],
  ]);
  expect(majority.choose(tree)?.node.id).toBe("1.2");
  expect(weightedMajority.choose(tree)?.node.id).toBe("1.1");
  expect(tally(tree, () => 1).map(({ answerClass, weight }) => [answerClass, weight])).toEqual([
    ["7", 2],
    ["8", 1],
  ]);
});

test("a tie of classes goes to the one seen first", () => {
  expect(
    majority.choose(
      candidates([
        ["Answer: a", null],
        ["Answer: b", null],
        ["Answer: b", null],
        ["Answer: a", null],
      ]),
    )?.node.id,
  ).toBe("1.0");
});

test("a majority is settled when its lead is larger than what is still to come", () => {
  const tree = candidates([
    ["Answer: a", null],
    ["Answer: a", null],
    ["Answer: a\n", null],
    ["Answer: b", null],
  ]);
  expect(isMajoritySettled(tree, 2)).toBe(false);
  expect(isMajoritySettled(tree, 1)).toBe(true);
  expect(isMajoritySettled(candidates([]), 0)).toBe(false);
});
