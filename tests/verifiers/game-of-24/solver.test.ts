import { expect, test } from "vitest";
import { allHands, integers } from "../../../model/corpus/hands.ts";
import { solveRow } from "../../../model/corpus/rows.ts";
import { createRandom } from "../../../model/random.ts";
import { checkSolution } from "../../../src/verifiers/game-of-24/answer.ts";
import { isSolvable, legalSteps, winningSteps } from "../../../src/verifiers/game-of-24/solver.ts";
import { checkStep, formatStep } from "../../../src/verifiers/game-of-24/step.ts";

test("1,362 of the 1,820 hands can make 24, all but 16 of them with integers only", () => {
  const hands = allHands();
  expect(hands).toHaveLength(1820);
  expect(hands.filter((hand) => isSolvable(hand))).toHaveLength(1362);
  expect(hands.filter((hand) => isSolvable(hand, "integers"))).toHaveLength(1346);
});

test("every legal step passes the checker, and winning steps stay solvable", () => {
  for (const hand of allHands().filter((_, index) => index % 20 === 0)) {
    for (const step of legalSteps(hand)) expect(checkStep(hand, formatStep(step)).type).toBe("legal");
    for (const step of winningSteps(hand)) expect(isSolvable(step.left)).toBe(true);
    expect(winningSteps(hand).length > 0).toBe(isSolvable(hand));
  }
});

test("every solution built from winning steps passes the whole check", () => {
  const random = createRandom(1);
  for (const hand of allHands().filter((candidate) => isSolvable(candidate)))
    expect(checkSolution(hand, solveRow(random, hand).assistant)).toMatchObject({ solved: true });
});

test("3 3 8 8 needs a fraction", () => {
  const hand = integers([3, 3, 8, 8]);
  expect(isSolvable(hand, "integers")).toBe(false);
  expect(winningSteps(hand).map(formatStep)).toEqual(["8 / 3 = 8/3 (left: 8/3 3 8)"]);
});
