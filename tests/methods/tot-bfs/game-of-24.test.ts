import { expect, test } from "vitest";
import { latestScore } from "../../../src/core/node.ts";
import type { Tree } from "../../../src/core/tree.ts";
import { parseNumbers } from "../../../src/verifiers/game-of-24/hand.ts";
import { legalSteps } from "../../../src/verifiers/game-of-24/solver.ts";
import type { Rational } from "../../../src/verifiers/rational.ts";
import { ALL_MOVES, allHands, CONSTANT_VALUE, EXACT_VALUE } from "../../world/all-moves.ts";
import { runWorld } from "../../world/search.ts";

// ALGORITHMS.md, section 9, invariant 4, through the real loop.
const OPTIONS = { method: "tot-bfs", rollouts: 5000, width: 64, ...ALL_MOVES } as const;
const PUBLISHED = { generate: "propose", max_depth: 4, draft: false } as const;

/** The served answer is proven right. */
function isSolved(tree: Tree): boolean {
  const answer = tree.end?.answerNodeId;
  const score = answer === null || answer === undefined ? null : latestScore(tree.node(answer));
  return score?.kind === "verdict" && score.value === 1;
}

test("all legal moves and an exact value solve 1,362 of the 1,362 solvable hands and none of the 458 others", async () => {
  const solved = { solvable: 0, unsolvable: 0 };
  for (const { hand, isSolvable } of allHands()) {
    const { tree } = await runWorld({ ...OPTIONS, params: { ...PUBLISHED, breadth: 5 }, verifier: EXACT_VALUE, hand });
    if (isSolved(tree)) solved[isSolvable ? "solvable" : "unsolvable"]++;
  }
  expect(solved).toEqual({ solvable: 1362, unsolvable: 0 });
});

test("a beam as wide as all children is exhaustive, also with a value that knows nothing", async () => {
  for (const { hand, isSolvable } of allHands().filter((_hand, index) => index % 91 === 0)) {
    const params = { ...PUBLISHED, breadth: 4096 };
    const { tree } = await runWorld({ ...OPTIONS, params, verifier: CONSTANT_VALUE, hand });
    expect(isSolved(tree), hand).toBe(isSolvable);
    if (!isSolvable) expect(tree.nodes.length, hand).toBe(countSequences(parseNumbers(hand) ?? []));
  }
});

/** Sequences of legal moves, of any length: the nodes of the whole tree. */
function countSequences(numbers: readonly Rational[]): number {
  return legalSteps(numbers).reduce((sum, { left }) => sum + 1 + countSequences(left), 0);
}
