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
    left: candidate.isComplete ? null : whatIsLeft(candidate.text),
  });
}

function whatIsLeft(text: string): string | null {
  // One loop and no alternatives: linear, whatever a candidate repeats.
  const list = /\(left:([^()]*)\)$/.exec(text.trim().split("\n").at(-1) ?? "")?.[1]?.trim() ?? "";
  return list !== "" && /^[-−\d/.,\s]*$/.test(list) ? list : null;
}
