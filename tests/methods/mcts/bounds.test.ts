import { expect, test } from "vitest";
import type { SearchEventBody } from "../../../src/core/event.ts";
import { boundsAt } from "../../../src/methods/mcts/bounds.ts";
import { type Parameters, parameters } from "../../../src/methods/mcts/parameters.ts";
import { createRootNoise } from "../../../src/methods/mcts/root-noise.ts";
import { scoreAdd, stepEnd, stepStart, thoughtAdd, treeOf } from "../../world/log.ts";

const PURE = (priors: readonly number[]) => priors;

function withParameters(more: Partial<Parameters>): Parameters {
  return parameters.parse(more);
}

/** Root with a (visits 0.6 and 0.2), b (visit 0.5) and c (untouched): value 1.3 / 3, three visits. */
const judged: readonly SearchEventBody[] = [
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

function boundsOf(log: readonly SearchEventBody[], more: Partial<Parameters>) {
  const { root } = treeOf(log);
  return boundsAt(root, root.children, withParameters(more), PURE);
}

const UNIFORM = { selection: "puct", prior: "uniform", puct_c1: 1.5, puct_c2: 1e9 } as const;

test("PUCT by hand, p = 1/3, N = 3: a 0.4 + 1.5/3 * sqrt(3)/3, b 0.5 + 1.5/3 * sqrt(3)/2", () => {
  const { children } = boundsOf(judged, UNIFORM);
  expect(children[0]).toBeCloseTo(0.4 + 0.288675, 5);
  expect(children[1]).toBeCloseTo(0.5 + 0.433013, 5);
});

test("in flight counts in both: one below b makes N + O = 4 and b 0.5 + 1.5/3 * 2/3, its value unchanged", () => {
  const { children } = boundsOf(
    [...judged, stepStart(3, { type: "propose", nodeId: "1.1", count: 1, role: "step" })],
    UNIFORM,
  );
  expect(children[1]).toBeCloseTo(0.5 + 1 / 3, 5);
  expect(children[0]).toBeCloseTo(0.4 + 1 / 3, 5);
});

test("one more sample has the share of an average sibling: (1 + 0.6 + 0.5) / 4 + 1.5/4 * sqrt(3)/4", () => {
  expect(boundsOf(judged, UNIFORM).oneMoreSample).toBeCloseTo(0.525 + 0.16238, 5);
});

const EXPLORING = Math.sqrt(3) * 0.5;

test.each([
  ["puct, nothing said: the parent less 0.2", UNIFORM, 1.3 / 3 - 0.2 + EXPLORING],
  ["puct, parent", { ...UNIFORM, first_play_urgency: "parent" }, 1.3 / 3 + EXPLORING],
  [
    "puct, parent less 0.1",
    { ...UNIFORM, first_play_urgency: "parent-minus", first_play_reduction: 0.1 },
    1.3 / 3 - 0.1 + EXPLORING,
  ],
  ["puct, infinite", { ...UNIFORM, first_play_urgency: "infinite" }, Number.POSITIVE_INFINITY],
  ["uct, nothing said: infinite", { exploration_weight: 1 }, Number.POSITIVE_INFINITY],
  [
    "uct, parent: bounded as if tried once, sqrt(2 ln 3 / 1)",
    { exploration_weight: 1, first_play_urgency: "parent" },
    1.3 / 3 + Math.sqrt(2.1972245773),
  ],
  [
    "uct, parent less 0.2",
    { exploration_weight: 1, first_play_urgency: "parent-minus" },
    1.3 / 3 - 0.2 + Math.sqrt(2.1972245773),
  ],
] as const)("first play of an untouched child: %s", (_name, more, expected) => {
  expect(boundsOf(judged, more).children[2]).toBeCloseTo(expected, 5);
});

test("the value is the family's: under `max` a node is its best leaf, and so is its bound", () => {
  const log = [
    ...judged,
    stepStart(3, { type: "propose", nodeId: "1.1", count: 2, role: "step" }),
    thoughtAdd(3, "3.0", "1.1", "d"),
    thoughtAdd(3, "3.1", "1.1", "e"),
    stepEnd(3),
    stepStart(4, { type: "verify", nodeIds: ["3.0", "3.1"] }),
    scoreAdd(4, "3.0", 0.9),
    scoreAdd(4, "3.1", 0.1),
    stepEnd(4),
  ];
  const { root } = treeOf(log, { family: "max", discount: 1 });
  const { children } = boundsAt(root, root.children, withParameters({ exploration_weight: 0 }), PURE);
  expect(children.slice(0, 2)).toEqual([0.2, 0.9]);
});

test("root noise is mixed by epsilon, adds up to 1, and is the same whenever it is looked at", () => {
  const { children } = treeOf(judged).root;
  const priors = [0.5, 0.3, 0.2];
  const noise = createRootNoise(7, 1)(priors, children);
  expect(noise.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12);
  const mixed = createRootNoise(7, 0.25)(priors, children);
  for (const [index, prior] of priors.entries()) {
    expect(mixed[index]).toBeCloseTo(0.75 * prior + 0.25 * (noise[index] ?? 0), 12);
  }
  expect(createRootNoise(8, 0.25)(priors, children)).not.toEqual(mixed);
});

test("a child keeps its noise as siblings join: the ratio of the first two stays", () => {
  const { children } = treeOf(judged).root;
  const noise = createRootNoise(7, 1);
  const [first = 0, second = 0] = noise([0.5, 0.5], children.slice(0, 2));
  const [firstOfThree = 0, secondOfThree = 0] = noise([0.5, 0.3, 0.2], children);
  expect(firstOfThree / secondOfThree).toBeCloseTo(first / second, 9);
});
