import { answerClass } from "../../core/answer/answer.ts";
import { defineVerifier, localVerifier } from "../../core/verifier.ts";
import { NO_PARAMETERS } from "../no-parameters.ts";

/**
 * The reference answer of the request, compared as answer classes. It knows the answer: it is used only where the request
 * brings a reference and names this verifier, or a method that collects training data asks for gold.
 */
export const exact = defineVerifier({
  name: "exact",
  summary: "The final answer equals the reference of the request.",
  isExact: true,
  isAutomatic: false,
  scoresSteps: false,
  parameters: NO_PARAMETERS,
  prompts: [],
  refusal: (problem) =>
    problem.reference === null
      ? "it compares with a reference answer, and the request brings no search.reference"
      : null,
  create: () =>
    localVerifier({ name: "exact", scope: "complete", isComparative: false }, (problem, candidates) => {
      const reference = problem.reference === null ? null : answerClass(problem.reference);
      return candidates.map((candidate) => {
        if (!candidate.isComplete || reference === null) return null;
        const isEqual = candidate.answerClass === reference;
        const reason = isEqual ? "equals the reference" : "differs from the reference";
        return { value: isEqual ? 1 : 0, kind: "verdict", reason, verifier: "exact" };
      });
    }),
});
