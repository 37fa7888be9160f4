import { parseExpression } from "../expression.ts";
import { formatRational, formatState, isInteger, type Rational } from "../rational.ts";
import { checkStep } from "./step.ts";

export type AnswerCheck = { readonly solved: boolean; readonly reason: string };

const ANSWER = /^\W*(?:(?:the\s+)?(?:final\s+)?answer)\s*(?:\*\*|__)?\s*(?::|is\b)\s*:?(.*)$/i;

/**
 * Checks a final answer against the hand: its value is exactly 24 and it uses each number exactly once.
 *
 * The last "Answer:" line of the text counts; without one, the last line that is not empty does. `= 24` may be missing;
 * Markdown emphasis, backticks and a full stop around the expression are ignored.
 */
export function checkAnswer(hand: readonly Rational[], text: string): AnswerCheck {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const marked = lines.map((line) => ANSWER.exec(line)?.[1]).filter((line) => line !== undefined);
  const line = marked.at(-1) ?? lines.at(-1);
  if (line === undefined) return { solved: false, reason: "there is no answer" };
  const sides = clean(line).split("=");
  const [expressionText = "", stated] = sides[0]?.trim() === "24" && sides.length === 2 ? sides.toReversed() : sides;
  if (sides.length > 2) return { solved: false, reason: "the answer has more than one equals sign" };
  if (stated !== undefined && stated.trim() !== "24")
    return { solved: false, reason: "the answer does not state = 24" };
  const expression = parseExpression(expressionText, hand.every(isInteger) ? "divisions" : "numbers");
  if (expression.type === "fault") return { solved: false, reason: `the answer cannot be read: ${expression.reason}` };
  const expected = formatState(hand);
  const used = formatState(expression.leaves);
  if (used !== expected) return { solved: false, reason: `the answer uses ${used}, not ${expected}` };
  const value = formatRational(expression.value);
  if (value !== "24") return { solved: false, reason: `the answer is worth ${value}, not 24` };
  return { solved: true, reason: "exactly 24, each number used once" };
}

/** Checks every step line of a solution in order, and then its answer. Each line before the answer must be a legal step. */
export function checkSolution(hand: readonly Rational[], text: string): AnswerCheck {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  let numbers = hand;
  for (const [index, line] of lines.entries()) {
    if (ANSWER.test(line)) break;
    const check = checkStep(numbers, line);
    if (check.type === "illegal") return { solved: false, reason: `line ${index + 1}: ${check.reason}` };
    numbers = check.left;
  }
  return checkAnswer(hand, text);
}

function clean(line: string): string {
  return line
    .replace(/\*\*|__|[`$]/g, "")
    .trim()
    .replace(/[.!]+$/, "");
}
