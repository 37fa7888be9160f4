import { expect, test } from "vitest";
import { parseNumbers } from "../../../src/verifiers/game-of-24/hand.ts";
import { checkStep, formatStep, parseStep } from "../../../src/verifiers/game-of-24/step.ts";
import { formatState } from "../../../src/verifiers/rational.ts";

const check = (numbers: string, line: string) => {
  const result = checkStep(parseNumbers(numbers) ?? [], line);
  return result.type === "legal" ? formatState(result.left) : result.reason;
};

test.each([
  ["4 9 10 13", "13 - 9 = 4 (left: 4 4 10)", "4 4 10"],
  ["4 9 10 13", "13 - 9 = 4 (left: 10 4 4)", "4 4 10"],
  ["4 9 10 13", "  13-9=4 ( left: 4, 4, 10 ) ", "4 4 10"],
  ["3 3 8 8", "8 / 3 = 8/3 (left: 8/3 3 8)", "8/3 3 8"],
  ["8/3 3 8", "3 - 8/3 = 1/3 (left: 1/3 8)", "1/3 8"],
  ["1/3 8", "8 / 1/3 = 24 (left: 24)", "24"],
  ["4 9", "4 - 9 = -5 (left: -5)", "-5"],
  ["6 6 1 2", "6 × 6 = 36 (left: 1 2 36)", "1 2 36"],
])("from %s the step %j is legal", (numbers, line, left) => {
  expect(check(numbers, line)).toBe(left);
});

test.each([
  ["4 9 10 13", "13 - 8 = 5 (left: 4 5 10)", "operand-not-available"],
  ["4 9 10 13", "9 + 9 = 18 (left: 4 10 13 18)", "operand-not-available"],
  ["4 9 10 13", "13 - 9 = 5 (left: 4 5 10)", "wrong-result"],
  ["4 9 10 13", "13 - 9 = 4 (left: 4 10)", "wrong-left"],
  ["4 9 10 13", "13 - 9 = 4 (left: 4 4 10 10)", "wrong-left"],
  ["0 4 9", "4 / 0 = 4 (left: 4 9)", "division-by-zero"],
  ["4 9 10 13", "13 - 9 = 4", "not-a-step"],
  ["4 9 10 13", "Answer: 24", "not-a-step"],
  ["4 9 10 13", "13 - 9 = 4 (left: 4 x 10)", "not-a-step"],
  ["4 9 10 13", "", "not-a-step"],
])("from %s the step %j is illegal: %s", (numbers, line, reason) => {
  expect(check(numbers, line)).toBe(reason);
});

test("a step is written as it is read, with the numbers left in ascending order", () => {
  const step = parseStep("13 - 9 = 4 (left: 10 4 4)");
  expect(step && formatStep(step)).toBe("13 - 9 = 4 (left: 4 4 10)");
});
