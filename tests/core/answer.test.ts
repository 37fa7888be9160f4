import { expect, test } from "vitest";
import { answerClass, finalAnswer } from "../../src/core/answer.ts";

test.each([
  ["13 - 9 = 4\nAnswer: (10 - 4) * (13 - 9) = 24", "(10 - 4) * (13 - 9) = 24"],
  ["Answer: 3\nNo, wait.\nFinal answer: 4", "4"],
  ["so \\boxed{\\frac{1}{2}} it is", "\\frac{1}{2}"],
  ["Therefore the answer is 42.", "42."],
  ["Paris", "Paris"],
  ["First line\nsecond line, no answer marked", null],
  ["", null],
])("finds the final answer of %j", (text, answer) => {
  expect(finalAnswer(text)).toBe(answer);
});

test.each([
  [["Answer: 1,200", "the answer is 1200.0", "\\boxed{+1200}"], "1200"],
  [["Answer: 0.50", "Answer: 0.5"], "0.5"],
  [["Answer: -0", "Answer: 0"], "0"],
  [["Answer: (10 - 4) * 4 = 24", "Answer: (10-4)*4=24"], "(10-4)*4=24"],
  [["Answer: **Paris**.", "answer: paris"], "paris"],
])("%j are one class", (texts, expected) => {
  for (const text of texts) expect(answerClass(text)).toBe(expected);
});

test("an answer without text has no class", () => {
  expect(answerClass("Answer: .")).toBeNull();
});
