import { expect, test } from "vitest";
import { checkAnswer, checkSolution } from "../../../src/verifiers/game-of-24/answer.ts";
import { parseNumbers } from "../../../src/verifiers/game-of-24/hand.ts";

const hand = parseNumbers("4 9 10 13") ?? [];
const solution = `13 - 9 = 4 (left: 4 4 10)
10 - 4 = 6 (left: 4 6)
4 * 6 = 24 (left: 24)
Answer: (10 - 4) * (13 - 9) = 24`;

test.each([
  "Answer: (10 - 4) * (13 - 9) = 24",
  "Answer: (10 - 4) * (13 - 9)",
  "(10 - 4) * (13 - 9) = 24",
  "(10-4)*(13-9)",
  "24 = (10 - 4) * (13 - 9)",
  "**Answer:** (10 - 4) × (13 − 9) = 24.",
  "The final answer is: (10 - 4) * (13 - 9) = 24.",
  "The answer is `(10 - 4) * (13 - 9)`",
  "answer: (10 - 4) * (13 - 9)\n",
  "Answer: 4 + 9 + 10 + 13 = 24\nNo, that is wrong.\nAnswer: (10 - 4) * (13 - 9) = 24",
  "Some thoughts first.\n(10 - 4) * (13 - 9)",
  solution,
])("%j solves 4 9 10 13", (text) => {
  expect(checkAnswer(hand, text)).toEqual({ solved: true, reason: "exactly 24, each number used once" });
});

test.each([
  ["", "there is no answer"],
  ["Answer:", "cannot be read"],
  ["Answer: I do not know", "cannot be read"],
  ["Answer: 4 + 9 + 10 + 13 = 24", "is worth 36"],
  ["Answer: 4 + 9 + 10 + 13 = 36", "does not state = 24"],
  ["Answer: 24", "uses 24, not 4 9 10 13"],
  ["Answer: (10 - 4) * 4 = 24", "uses 4 4 10"],
  ["Answer: (10 - 4) * (13 - 9) + 4 - 4 = 24", "uses 4 4 4 9 10 13"],
  ["Answer: (10 - 4) * (13 - 9) = 24 = 24", "more than one equals sign"],
  ["Answer: (10 - 4) * (13 - 9) = 24\nAnswer: 1", "uses 1"],
])("%j does not solve it: %s", (text, reason) => {
  const check = checkAnswer(hand, text);
  expect(check.solved).toBe(false);
  expect(check.reason).toContain(reason);
});

test("a number of several digits is not taken apart", () => {
  expect(checkAnswer(parseNumbers("1 2 3 8") ?? [], "Answer: 12 * 3 - 8 - 4").solved).toBe(false);
});

test("a solution needs legal steps before its answer", () => {
  expect(checkSolution(hand, solution).solved).toBe(true);
  expect(checkSolution(hand, solution.replace("10 - 4 = 6 (left: 4 6)", "10 - 4 = 6 (left: 6)"))).toEqual({
    solved: false,
    reason: "line 2: wrong-left",
  });
});

test("fractions that are given are numbers of their own", () => {
  expect(checkAnswer(parseNumbers("8/3 3 8") ?? [], "Answer: 8 / (3 - 8/3) = 24").solved).toBe(true);
});
