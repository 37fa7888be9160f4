import { expect, test } from "vitest";
import { MEAN_RETURN } from "../../../src/core/backup.ts";
import { type Arm, evidenceOf, mixedValue, nextArm, scoresOf } from "../../../src/methods/gumbel/improved-policy.ts";
import { turnOf } from "../../../src/methods/gumbel/schedule.ts";
import { scoreAdd, stepEnd, stepStart, thoughtAdd, treeOf } from "../../world/log.ts";

const MCTX = { visitOffset: 50, valueScale: 0.1 };

function arm(prior: number, value: number | null, visits: number): Arm {
  return { logit: Math.log(prior), value, visits };
}

test("mctx's considered visits: 4 actions and 8 simulations are 0 0 0 0, then twice two: 1 1 2 2", () => {
  const turns = Array.from({ length: 8 }, (_unused, index) => turnOf(4, 8, index));
  expect(turns.map(({ visits }) => visits)).toEqual([0, 0, 0, 0, 1, 1, 2, 2]);
  expect(turns.map(({ isHalving }) => isHalving)).toEqual([false, false, false, false, true, false, false, false]);
});

test("3 actions and 10 simulations: two phases by ceil(log2 3), and what is left goes on with two", () => {
  const turns = Array.from({ length: 10 }, (_unused, index) => turnOf(3, 10, index));
  expect(turns.map(({ visits }) => visits)).toEqual([0, 0, 0, 1, 1, 2, 2, 3, 3, 4]);
  // From the last two nobody drops out any more: no need to wait.
  expect(turns.flatMap(({ isHalving }, index) => (isHalving ? [index] : []))).toEqual([3]);
});

test("as many actions as simulations are simulated once each; a single one has them all", () => {
  expect(Array.from({ length: 16 }, (_unused, index) => turnOf(16, 16, index).visits)).toEqual(Array(16).fill(0));
  expect([0, 1, 2].map((index) => turnOf(1, 3, index).visits)).toEqual([0, 1, 2]);
});

test("the mixed value by hand: (0.4 + 4 * (0.25 * 0.2 + 0.75 * 0.6)) / (1 + 4) = 0.48", () => {
  expect(mixedValue(0.4, [arm(0.25, 0.2, 1), arm(0.75, 0.6, 3)])).toBeCloseTo(0.48, 12);
});

test("arms without evidence take no part in it; without a value of its own it is the arms', without arms its own", () => {
  // 0.2 * 0.5 / 0.2 = 0.5, twice visited: (0.2 + 2 * 0.5) / 3 = 0.4
  expect(mixedValue(0.2, [arm(0.2, 0.5, 2), arm(0.8, null, 0)])).toBeCloseTo(0.4, 12);
  expect(mixedValue(null, [arm(0.25, 0.2, 1), arm(0.75, 0.6, 3)])).toBeCloseTo(0.5, 12);
  expect(mixedValue(0.3, [arm(1, null, 0)])).toBe(0.3);
  expect(mixedValue(null, [])).toBe(0);
});

test("sigma by hand: (50 + 3) * 0.1 = 5.3 times q rescaled: 0.2, 0.48 for the unknown, 0.6 become 0, 0.7, 1", () => {
  const scores = scoresOf([arm(0.25, 0.2, 1), arm(0.25, null, 0), arm(0.5, 0.6, 3)], 0.48, MCTX);
  expect(scores[0]).toBeCloseTo(Math.log(0.25), 12);
  expect(scores[1]).toBeCloseTo(Math.log(0.25) + 5.3 * 0.7, 12);
  expect(scores[2]).toBeCloseTo(Math.log(0.5) + 5.3, 12);
});

test("equal values are no preference, however many visits scale them", () => {
  expect(scoresOf([arm(0.5, 0.3, 900), arm(0.5, 0.3, 1)], 0, MCTX)).toEqual([Math.log(0.5), Math.log(0.5)]);
});

test("visits follow the improved policy: of two equal arms the one behind, 0.5 - 1/2 against 0.5 - 0/2, the first on a tie", () => {
  expect(nextArm([arm(0.5, 0.3, 1), arm(0.5, 0.3, 0)], 0, MCTX)).toBe(1);
  expect(nextArm([arm(0.5, 0.3, 1), arm(0.5, 0.3, 1)], 0, MCTX)).toBe(0);
});

test("a better arm is taken until it is ahead of its share: softmax(5.9, 0) = 0.9973 and 9 of 1 + 9 visits are 0.9", () => {
  expect(nextArm([arm(0.5, 0.9, 9), arm(0.5, 0.1, 0)], 0, MCTX)).toBe(0);
  // With ten times as little scale: softmax(0.59, 0) = 0.643 - 0.9 < 0.357.
  expect(nextArm([arm(0.5, 0.9, 9), arm(0.5, 0.1, 0)], 0, { ...MCTX, valueScale: 0.01 })).toBe(1);
});

test("evidence: candidates' judgements, and a partial answer's own as one more: (0.9 + 0.2 + 0.4) / 3", () => {
  const tree = treeOf(
    [
      stepStart(1, { type: "propose", nodeId: "0", count: 1, role: "step" }),
      thoughtAdd(1, "1.0", "0", "a"),
      thoughtAdd(1, "1.1", "1.0", "b"),
      thoughtAdd(1, "1.2", "1.1", "Answer: 1", true),
      thoughtAdd(1, "1.3", "1.0", "Answer: 2", true),
      thoughtAdd(1, "1.4", "0", "c"),
      stepEnd(1),
      stepStart(2, { type: "verify", nodeIds: ["1.0", "1.1", "1.2", "1.3"] }),
      scoreAdd(2, "1.0", 0.9),
      scoreAdd(2, "1.1", 0.7),
      scoreAdd(2, "1.2", 0.2),
      scoreAdd(2, "1.3", 0.4),
      stepEnd(2),
    ],
    { ...MEAN_RETURN, returnOf: ({ isTerminal }, { value }) => ({ value, weight: isTerminal ? 1 : 0 }) },
  );
  expect(evidenceOf(tree.node("1.0"))).toBeCloseTo(0.5, 12);
  expect(evidenceOf(tree.node("1.3"))).toBe(0.4);
  expect(evidenceOf(tree.node("1.4"))).toBeNull();
});
