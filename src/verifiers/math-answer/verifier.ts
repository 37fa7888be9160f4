import { z } from "zod";
import { finalAnswer } from "../../core/answer/answer.ts";
import { defineVerifier, localVerifier } from "../../core/verifier.ts";
import { equivalent } from "./equivalence.ts";

/**
 * The final answer against the reference of the request, as the graders of MATH compare them (Math-Verify, the PRM800K
 * grader): by value, whatever the spelling. Like `exact` it knows the answer.
 */
export const mathAnswer = defineVerifier({
  name: "math-answer",
  summary:
    "The final answer is worth what the reference is: numbers, expressions, sets, intervals, matrices, equations.",
  isExact: true,
  isAutomatic: false,
  scoresSteps: false,
  parameters: z.strictObject({
    /** Difference of two constants that is let pass, as a share of the larger one. */
    tolerance: z.number().min(0).max(0.1).default(0),
  }),
  prompts: [],
  refusal: (problem) =>
    problem.reference === null
      ? "it compares with a reference answer, and the request brings no search.reference"
      : null,
  create: (_context, { tolerance }) =>
    localVerifier({ name: "math-answer", scope: "complete", isComparative: false }, (problem, candidates) => {
      if (problem.reference === null) return candidates.map(() => null);
      const reference = finalAnswer(problem.reference) ?? problem.reference;
      return candidates.map(({ isComplete, answer }) => {
        if (!isComplete) return null;
        const { isEqual, reason } =
          answer === null ? { isEqual: false, reason: "no final answer" } : equivalent(answer, reference, tolerance);
        return { value: isEqual ? 1 : 0, kind: "verdict", reason, verifier: "math-answer" };
      });
    }),
});
