import { expect, test } from "vitest";
import type { SearchEventBody } from "../../../src/core/event.ts";
import { labelNoise, preferencePairs } from "../../../src/methods/preference-mcts/pairs.ts";
import { scoreAdd, stepEnd, stepStart, thoughtAdd, treeOf } from "../../world/log.ts";

/** Nodes as (id, parent, judgements); a visit is a judgement at or below. */
function tree(...nodes: readonly (readonly [string, string, readonly number[]])[]) {
  const log: SearchEventBody[] = [
    stepStart(1, { type: "propose", nodeId: "0", count: nodes.length, role: "step" }),
    ...nodes.map(([id, parent]) => thoughtAdd(1, id, parent, `step ${id}`)),
    stepEnd(1),
    stepStart(2, { type: "verify", nodeIds: nodes.map(([id]) => id) }),
    ...nodes.flatMap(([id, , scores]) => scores.map((value) => scoreAdd(2, id, value))),
    stepEnd(2),
  ];
  return treeOf(log, { family: "visit-weighted", discount: 1 });
}

/**
 * Root: a (6 visits), b (3 visits, Q 0.2), c (3 visits, Q 0.5), d (never visited). Below a one step e, below that f
 * (2 visits, Q 0.3) and g (2 visits, Q 0.8); below b one step h.
 */
const grown = () =>
  tree(
    ["1.0", "0", [0.5]],
    ["1.1", "0", [0.9]],
    ["1.2", "0", [0.5, 0.5, 0.5]],
    ["1.3", "0", []],
    ["1.4", "1.0", [0.5]],
    ["1.5", "1.4", [0.3, 0.3]],
    ["1.6", "1.4", [0.8, 0.8]],
    ["1.7", "1.1", [0.2, 0.2]],
  );

const shown = (options: Parameters<typeof preferencePairs>[1]) =>
  preferencePairs(grown().root, options).map(({ prefix, chosen, rejected, alpha }) => ({
    prefix: prefix.id,
    chosen: chosen.map(({ id }) => id),
    rejected: rejected.map(({ id }) => id),
    alpha,
  }));

test("by hand: a e over b h with alpha 3 / (6 + 3), then g over f with alpha 2 / (2 + 2)", () => {
  expect(shown({ rejected: "worst" })).toEqual([
    { prefix: "0", chosen: ["1.0", "1.4"], rejected: ["1.1", "1.7"], alpha: 3 / 9 },
    { prefix: "1.4", chosen: ["1.6"], rejected: ["1.5"], alpha: 0.5 },
  ]);
});

test("the second is the one next to the chosen: of equal visits the higher Q is ranked before", () => {
  expect(shown({ rejected: "second" })[0]).toMatchObject({ chosen: ["1.0", "1.4"], rejected: ["1.2"] });
});

test("a child that was never visited is on neither side, and a level with one visited child has no pair", () => {
  const one = tree(["1.0", "0", [0.5]], ["1.1", "0", []], ["1.2", "1.0", [0.4]], ["1.3", "1.0", [0.6]]);
  const pairs = preferencePairs(one.root, { rejected: "worst" });
  expect(pairs.map(({ prefix }) => prefix.id)).toEqual(["1.0"]);
  expect(preferencePairs(tree(["1.0", "0", []]).root, { rejected: "worst" })).toEqual([]);
});

test("equal in visits and Q, the earlier created is chosen", () => {
  const equal = tree(["1.0", "0", [0.5]], ["1.1", "0", [0.5]]);
  expect(preferencePairs(equal.root, { rejected: "worst" })[0]?.chosen[0]?.id).toBe("1.0");
});

test("alpha by hand: 1 / (3 + 1); a winner without visits counts as 1; never above a half", () => {
  expect(labelNoise(3, 1)).toBe(0.25);
  expect(labelNoise(0, 1)).toBe(0.5);
  expect(labelNoise(2, 6)).toBe(0.5);
  expect(labelNoise(0, 0)).toBe(0);
});
