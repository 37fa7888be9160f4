import { expect, test } from "vitest";
import { ALL_MOVES, allHands, CONSTANT_VALUE, EXACT_VALUE } from "../../world/all-moves.ts";
import { runWorld } from "../../world/search.ts";

// ALGORITHMS.md, section 9, invariant 4, for a tree search and through the real loop.
const OPTIONS = { method: "mcts", rollouts: 100_000, ...ALL_MOVES } as const;
const PUBLISHED = { expansion: "list", draft: false } as const;

test("all legal moves and an exact value solve 1,362 of the 1,362 solvable hands and none of the 458 others", async () => {
  const solved = { solvable: 0, unsolvable: 0 };
  let calls = 0;
  for (const { hand, isSolvable } of allHands()) {
    const params = { ...PUBLISHED, backup: "max", exploration_weight: 0 };
    const limits = { calls: 8 };
    const { tree } = await runWorld({ ...OPTIONS, params, limits, verifier: EXACT_VALUE, hand });
    if (tree.solved !== null) solved[isSolvable ? "solvable" : "unsolvable"]++;
    if (isSolvable) calls = Math.max(calls, tree.spent.calls);
  }
  expect(solved).toEqual({ solvable: 1362, unsolvable: 0 });
  // Greedy on a value that is never wrong: three moves and the answer line.
  expect(calls).toBe(4);
});

const SAMPLE = allHands().filter((_hand, index) => index % 45 === 0);

test.each([
  ["uct, mean return", {}],
  ["uct, best leaf", { backup: "max" }],
  ["puct, uniform prior, visit-weighted", { selection: "puct", prior: "uniform", backup: "visit-weighted" }],
  ["puct with noise at the root", { selection: "puct", prior: "uniform", root_noise: 0.25 }],
])("an exact value solves every solvable hand at width 8: %s", async (_name, more) => {
  for (const { hand, isSolvable } of SAMPLE) {
    const limits = { calls: 300 };
    const params = { ...PUBLISHED, ...more };
    const { tree } = await runWorld({ ...OPTIONS, params, limits, verifier: EXACT_VALUE, hand, width: 8 });
    expect(tree.solved !== null, hand).toBe(isSolvable);
  }
});

test.each([1, 64])("a hand that cannot be solved is searched to its end and no further, at width %i", async (width) => {
  const hand = "1 1 1 1";
  const { tree, model } = await runWorld({ ...OPTIONS, params: PUBLISHED, verifier: CONSTANT_VALUE, hand, width });
  expect(tree.end?.reason).toBe("completed");
  expect(tree.solved).toBeNull();
  // Every partial answer that the checker has not refuted was expanded, each by one list.
  const open = [tree.root, ...tree.nodes].filter((node) => !node.isTerminal && node.scores.at(-1)?.kind !== "verdict");
  expect(open.every((node) => node.children.length > 0)).toBe(true);
  expect(model.calls).toHaveLength(open.length);
});
