import { declaredLeft } from "../core/declared-left.ts";
import { type Problem, questionOf } from "../core/problem.ts";
import { type PlaceholderValue, renderTemplate } from "../core/prompt.ts";
import type { Candidate } from "../core/verifier.ts";

/** What a template about one candidate may mention. */
export const CANDIDATE_PLACEHOLDERS = ["question", "steps", "left"] as const;

/**
 * The question about one candidate; null where the template asks for something that the candidate does not have.
 * `{left}`: the numbers that the last line of a partial answer declares to be left, as in "13 - 9 = 4 (left: 4 4 10)".
 * Numbers only: a template such as "Judge: {left}" has no fence, and words in the list would speak to the judge.
 */
export function renderCandidate(
  template: string,
  problem: Problem,
  candidate: Candidate,
  further: Readonly<Record<string, PlaceholderValue>> = {},
): string | null {
  return renderTemplate(template, {
    ...further,
    question: questionOf(problem),
    steps: candidate.text.trim(),
    left: candidate.isComplete ? null : numbersLeft(candidate.text),
  });
}

function numbersLeft(text: string): string | null {
  const list = declaredLeft(text);
  return list !== null && /^[-−\d/.,\s]*$/.test(list) ? list : null;
}
