import { type Problem, questionOf } from "../core/problem.ts";
import { renderTemplate } from "../core/prompt.ts";
import type { Candidate } from "../core/verifier.ts";

/** What a template about one candidate may mention. */
export const CANDIDATE_PLACEHOLDERS = ["question", "steps", "left"] as const;

/**
 * The question about one candidate; null where the template asks for something that the candidate does not have.
 * `{left}`: what the last line of a partial answer declares to be left, as in "13 - 9 = 4 (left: 4 4 10)".
 */
export function renderCandidate(template: string, problem: Problem, candidate: Candidate): string | null {
  return renderTemplate(template, {
    question: questionOf(problem),
    steps: candidate.text.trim(),
    left: candidate.isComplete ? null : whatIsLeft(candidate.text),
  });
}

function whatIsLeft(text: string): string | null {
  const match = /\(left:\s*([^()]*?)\s*\)\s*$/.exec(text.trim().split("\n").at(-1) ?? "");
  return match?.[1] === undefined || match[1] === "" ? null : match[1];
}
