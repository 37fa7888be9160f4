import { describe, expect, test } from "vitest";
import type { SearchEventBody } from "../../../src/core/event.ts";
import { gainOverNode, optionsWanted, spreadOfValues } from "../../../src/methods/alpha/branching.ts";
import { type Parameters, parameters } from "../../../src/methods/alpha/parameters.ts";
import { createReturns, processOf, SIMULATE, sharesOf } from "../../../src/methods/alpha/returns.ts";
import { uct } from "../../../src/methods/alpha/uct.ts";
import { scoreAdd, stepEnd, stepStart, thoughtAdd, treeOf } from "../../world/log.ts";

function withParameters(more: Partial<Parameters> = {}): Parameters {
  return parameters.parse(more);
}

/** Below the root the option a, below that two fast rollouts. */
const simulated: readonly SearchEventBody[] = [
  stepStart(1, { type: "propose", nodeId: "0", count: 1, role: "step" }),
  thoughtAdd(1, "1.0", "0", "a\n"),
  stepEnd(1),
  stepStart(2, { type: "propose", nodeId: "1.0", count: 2, role: SIMULATE }),
  thoughtAdd(2, "2.0", "1.0", "b\nAnswer: 1", true),
  thoughtAdd(2, "2.1", "1.0", "c\nAnswer: 2", true),
  stepEnd(2),
];

function judged(scores: Readonly<Record<string, number>>, more: Partial<Parameters>, kind?: "verdict") {
  const backup = { family: "mean", discount: 1, returnOf: createReturns(withParameters(more)) } as const;
  const log = [
    ...simulated,
    stepStart(3, { type: "verify", nodeIds: Object.keys(scores) }),
    ...Object.entries(scores).map(([id, value]) => scoreAdd(3, id, value, kind)),
    stepEnd(3),
  ];
  return treeOf(log, backup);
}

describe("the mixture of values", () => {
  const ALL = { "1.0": 0.6, "2.0": 0.2, "2.1": 0.4 };

  test("w_v = w_f = 1 and J = 2: Q = 0.5 * 0.6 + 0.5 * (0.2 + 0.4) / 2 = 0.45, one evaluation in all", () => {
    const tree = judged(ALL, { simulations: 2 });
    expect(tree.node("1.0").value).toBeCloseTo(0.45, 12);
    expect(tree.root.value).toBeCloseTo(0.45, 12);
    expect(tree.root.weightSum).toBeCloseTo(1, 12);
  });

  test("w_v = 3, w_f = 1: Q = 0.75 * 0.6 + 0.25 * 0.3 = 0.525", () => {
    expect(judged(ALL, { simulations: 2, value_weight: 3 }).node("1.0").value).toBeCloseTo(0.525, 12);
  });

  test("while the rollouts are still to come, the judgement alone is the value", () => {
    const tree = judged({ "1.0": 0.6 }, { simulations: 2 });
    expect(tree.node("1.0").value).toBeCloseTo(0.6, 12);
    expect(tree.root.weightSum).toBeCloseTo(0.5, 12);
  });

  test("what is refuted needs no rollouts: its judgement has all the weight", () => {
    expect(judged({ "1.0": 0 }, { simulations: 2 }, "verdict").root.weightSum).toBe(1);
  });

  test("without rollouts their share is the others'", () => {
    expect(sharesOf(withParameters({ simulations: 0, process_weight: 3 }))).toEqual({
      value: 0.25,
      rollouts: 0,
      process: 0.75,
    });
  });

  test("the process by hand, over a 0.2, b 0.8, c 0.5: latest 0.5, average 0.5, largest 0.8, smallest 0.2", () => {
    const tree = treeOf([
      stepStart(1, { type: "propose", nodeId: "0", count: 1, role: "step" }),
      thoughtAdd(1, "1.0", "0", "a\n"),
      thoughtAdd(1, "1.1", "1.0", "b\n"),
      thoughtAdd(1, "1.2", "1.1", "c\n"),
      stepEnd(1),
      stepStart(2, { type: "verify", nodeIds: ["1.0", "1.1", "1.2"] }),
      scoreAdd(2, "1.0", 0.2),
      scoreAdd(2, "1.1", 0.8),
      scoreAdd(2, "1.2", 0.5),
      stepEnd(2),
    ]);
    const modes = ["latest", "avg", "max", "min"] as const;
    expect(modes.map((mode) => processOf(tree.node("1.2"), mode))).toEqual([0.5, 0.5, 0.8, 0.2]);
  });

  test("with w_p: a 0.6 alone, then b 0.2 with the smallest on its way: (0.2 + 0.2) / 2 and not (0.2 + 0.6) / 2", () => {
    const more = { simulations: 0, value_weight: 1, process_weight: 1, process_mode: "min" } as const;
    const returnOf = createReturns(withParameters(more));
    const tree = judged({ "1.0": 0.6 }, more);
    const score = { value: 0.6, kind: "estimate", reason: "", verifier: "" } as const;
    expect(returnOf(tree.node("1.0"), score)).toEqual({ value: 0.6, weight: 1 });
    const averaged = createReturns(withParameters({ ...more, process_mode: "avg", value_weight: 3 }));
    // 0.75 * 1 + 0.25 * 0.6: the node's own judgement on record is 0.6.
    expect(averaged(tree.node("1.0"), { ...score, value: 1 }).value).toBeCloseTo(0.9, 12);
  });
});

/** The root with options a, b, c judged as given, each with one visit. */
function options(...values: readonly number[]) {
  return treeOf([
    stepStart(1, { type: "propose", nodeId: "0", count: values.length, role: "step" }),
    ...values.map((_value, index) => thoughtAdd(1, `1.${index}`, "0", `step ${index}`)),
    stepEnd(1),
    stepStart(2, { type: "verify", nodeIds: values.map((_value, index) => `1.${index}`) }),
    ...values.map((value, index) => scoreAdd(2, `1.${index}`, value)),
    stepEnd(2),
  ]).root;
}

describe("the importance of a node", () => {
  test("by the code: values 0.2, 0.3, 1.0 have the mean 0.5, and the largest distance is 0.5", () => {
    expect(spreadOfValues(options(0.2, 0.3, 1).children)).toBeCloseTo(0.5, 12);
  });

  test("by the paper: the largest distance of an option's judgement from its node's", () => {
    const log = [
      stepStart(1, { type: "propose", nodeId: "0", count: 1, role: "step" }),
      thoughtAdd(1, "1.0", "0", "a"),
      thoughtAdd(1, "1.1", "1.0", "b"),
      thoughtAdd(1, "1.2", "1.0", "c"),
      stepEnd(1),
      stepStart(2, { type: "verify", nodeIds: ["1.0", "1.1", "1.2"] }),
      scoreAdd(2, "1.0", 0.4),
      scoreAdd(2, "1.1", 0.5),
      scoreAdd(2, "1.2", 0.1),
      stepEnd(2),
    ];
    const node = treeOf(log).node("1.0");
    expect(gainOverNode(node, node.children)).toBeCloseTo(0.3, 12);
  });

  test("one option, or none, spreads nothing", () => {
    expect(spreadOfValues(options(0.7).children)).toBe(0);
    expect(spreadOfValues([])).toBe(0);
  });
});

describe("max(c_min, min(floor(alpha * I), c_max))", () => {
  // I = 0.5
  const root = options(0.2, 0.3, 1);
  const wanted = (more: Partial<Parameters>, taken = 3) =>
    optionsWanted(root, root.children, taken, withParameters(more));

  test.each([
    ["floor: 9 * 0.5 = 4.5 makes 4", { width_factor: 9 }, 4],
    ["c_max: 40 * 0.5 = 20 makes 10", { width_factor: 40 }, 10],
    ["the root has its own c_min", { width_factor: 9, root_children: 6 }, 6],
    ["AlphaLLM's factor of 2 widens nothing where values are in [0, 1]", { width_factor: 2 }, 3],
  ])("%s", (_name, more, expected) => {
    expect(wanted(more)).toBe(expected);
  });

  test("below the root c_min counts, not the root's", () => {
    const [child] = root.children;
    if (child === undefined) throw new Error("no child");
    expect(optionsWanted(child, [], 0, withParameters({ min_children: 2, root_children: 9 }))).toBe(2);
  });

  test("it never shrinks below what there is", () => {
    expect(wanted({ width_factor: 2 }, 7)).toBe(7);
  });
});

test("UCT by hand: 0.2 + 1.5 * sqrt(ln 3 / 1), no factor of two under the root; in flight counts", () => {
  const root = options(0.2, 0.3, 1);
  const [first] = root.children;
  if (first === undefined) throw new Error("no child");
  expect(uct(first, root, 1.5)).toBeCloseTo(0.2 + 1.5 * Math.sqrt(1.0986122887), 9);
});
