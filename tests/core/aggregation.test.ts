import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AGGREGATIONS, aggregate, pathScore } from "../../src/core/aggregation.ts";
import { scoreAdd, stepEnd, stepStart, thoughtAdd, treeOf } from "../world/log.ts";

describe("step scores 0.9, 0.5, 0.8 as one score", () => {
  const values = [0.9, 0.5, 0.8];
  test.each([
    ["prod", 0.36],
    ["min", 0.5],
    ["last", 0.8],
    ["mean", 2.2 / 3],
    // exp((ln 0.9 + ln 0.5 + ln 0.8) / 3) is the cube root of 0.36.
    ["log-mean", 0.7113786609],
  ] as const)("%s is %f", (aggregation, expected) => {
    expect(aggregate(values, aggregation)).toBeCloseTo(expected, 9);
  });
});

test("no scores, no score; one score is itself under every rule; a 0 is 0 to prod, min and log-mean", () => {
  for (const aggregation of AGGREGATIONS) {
    expect(aggregate([], aggregation)).toBeNull();
    expect(aggregate([0.37], aggregation)).toBeCloseTo(0.37, 12);
  }
  for (const aggregation of ["prod", "min", "log-mean"] as const) expect(aggregate([0.5, 0, 1], aggregation)).toBe(0);
});

test("prod <= min <= log-mean <= mean, and all of them in [0, 1]", () => {
  const score = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(score, { minLength: 1, maxLength: 12 }), (values) => {
      const of = (name: (typeof AGGREGATIONS)[number]): number => aggregate(values, name) ?? Number.NaN;
      expect(of("prod")).toBeLessThanOrEqual(of("min") + 1e-12);
      expect(of("min")).toBeLessThanOrEqual(of("log-mean") + 1e-12);
      expect(of("log-mean")).toBeLessThanOrEqual(of("mean") + 1e-12);
      for (const name of AGGREGATIONS) expect(of(name)).toBeGreaterThanOrEqual(0);
      expect(of("mean")).toBeLessThanOrEqual(1);
    }),
  );
});

/** Two steps and an answer, judged 0.9, nothing and 0.4. */
const judged = [
  stepStart(1, { type: "propose", nodeId: "0", count: 1, role: "end" }),
  thoughtAdd(1, "1.0", "0", "a\n"),
  thoughtAdd(1, "1.1", "1.0", "b\n"),
  thoughtAdd(1, "1.2", "1.1", "Answer: c", true),
  stepEnd(1),
  stepStart(2, { type: "verify", nodeIds: ["1.0", "1.2"] }),
  scoreAdd(2, "1.0", 0.9),
  scoreAdd(2, "1.2", 0.4),
  stepEnd(2),
];

test("a path's score leaves out unjudged steps: min and mean of 0.9 and 0.4", () => {
  const tree = treeOf(judged);
  expect(pathScore(tree, tree.node("1.2"), "min")).toBe(0.4);
  expect(pathScore(tree, tree.node("1.2"), "mean")).toBeCloseTo(0.65, 12);
  expect(pathScore(tree, tree.node("1.1"), "mean")).toBe(0.9);
  expect(pathScore(tree, tree.root, "mean")).toBeNull();
});

test("a verdict on the answer stands alone, and a step judged again counts with its latest judgement", () => {
  const again = stepStart(3, { type: "verify", nodeIds: ["1.0", "1.2"] });
  const tree = treeOf([...judged, again, scoreAdd(3, "1.0", 0.5), scoreAdd(3, "1.2", 1, "verdict"), stepEnd(3)]);
  expect(pathScore(tree, tree.node("1.2"), "prod")).toBe(1);
  expect(pathScore(tree, tree.node("1.1"), "prod")).toBe(0.5);
});
