import { expect, test } from "vitest";
import type { Node } from "../../src/core/node.ts";
import { priorsOf } from "../../src/methods/prior.ts";
import { growingRate, puct } from "../../src/methods/puct.ts";
import { stepEnd, stepStart, treeOf } from "../world/log.ts";

/** Siblings by (log-probability sum, tokens). */
function siblings(...list: readonly (readonly [number | null, number | null])[]): readonly Node[] {
  const tree = treeOf([
    stepStart(1, { type: "propose", nodeId: "0", count: list.length, role: "step" }),
    ...list.map(([logprobSum, tokenCount], index) => ({
      type: "thought-add" as const,
      stepId: 1,
      nodeId: `1.${index}`,
      parentId: "0",
      thought: { text: `step ${index}`, ending: "step" as const, model: "m", logprobSum, tokenCount },
    })),
    stepEnd(1),
  ]);
  return tree.root.children;
}

test("lambda 1 is the mean per token: sums -2 over 2 and -2 over 4 tokens weigh e^-1 and e^-0.5", () => {
  const [short, long] = priorsOf(siblings([-2, 2], [-2, 4]), "logprob", 1);
  // 0.367879 / (0.367879 + 0.606531)
  expect(short).toBeCloseTo(0.377541, 6);
  expect(long).toBeCloseTo(0.622459, 6);
});

test("lambda 1.25 (MCTS-DPO): -2 / 2^1.25 = -0.840896 and -2 / 4^1.25 = -0.353553", () => {
  const [short, long] = priorsOf(siblings([-2, 2], [-2, 4]), "logprob", 1.25);
  // e^-0.840896 = 0.431324, e^-0.353553 = 0.702189
  expect(short).toBeCloseTo(0.431324 / (0.431324 + 0.702189), 5);
  expect(long).toBeCloseTo(0.702189 / (0.431324 + 0.702189), 5);
});

test("a long step does not starve: at lambda 0 it would have e^-60 of the prior, at lambda 1 it has a third", () => {
  const steps = siblings([-1, 2], [-60, 50]);
  expect(priorsOf(steps, "logprob", 0)[1]).toBeLessThan(1e-20);
  // e^-1.2 / (e^-0.5 + e^-1.2) = 0.301194 / 0.907725
  expect(priorsOf(steps, "logprob", 1)[1]).toBeCloseTo(0.331812, 5);
});

test("a step without log-probabilities counts as the mean of those that have them", () => {
  // e^-1 and e^-3 with mean (0.367879 + 0.049787) / 2 = 0.208833; all three add up to 0.626499
  const priors = priorsOf(siblings([-1, 1], [null, 4], [-3, 1]), "logprob", 1);
  expect(priors[0]).toBeCloseTo(0.367879 / 0.626499, 5);
  expect(priors[1]).toBeCloseTo(1 / 3, 9);
  expect(priors[2]).toBeCloseTo(0.049787 / 0.626499, 5);
});

test("where no step has log-probabilities all are equal, as with the uniform prior", () => {
  expect(priorsOf(siblings([null, null], [-5, null]), "logprob", 1)).toEqual([0.5, 0.5]);
  expect(priorsOf(siblings([-1, 1], [-3, 1], [-9, 1], [null, 2]), "uniform", 1)).toEqual([0.25, 0.25, 0.25, 0.25]);
});

test("log-probabilities too small for a number are no division by zero", () => {
  expect(priorsOf(siblings([-5000, 1], [-5000, 1]), "logprob", 0)).toEqual([0.5, 0.5]);
});

test("PUCT by hand: 0.5 + 1.25 * 0.4 * sqrt(9) / (1 + 2) = 1", () => {
  expect(puct(0.5, 0.4, 2, 9, 1.25)).toBeCloseTo(1, 12);
});

test("AlphaZero's rate by hand: 1.25 + ln((19652 + 19652 + 1) / 19652) is 1.25 + ln 2 and a bit", () => {
  expect(growingRate(0, 1.25, 19652)).toBeCloseTo(1.25005, 5);
  expect(growingRate(19652, 1.25, 19652)).toBeCloseTo(1.25 + Math.LN2, 4);
});
