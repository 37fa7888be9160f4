import { defineVerifier, localVerifier } from "../../core/verifier.ts";
import { NO_PARAMETERS } from "../no-parameters.ts";

/**
 * Self-consistency as a score (Wang et al. 2023): the share of all candidates that come to the same final answer. An
 * unparsable answer agrees with nobody, but counts in the denominator.
 */
export const agreement = defineVerifier({
  name: "agreement",
  isExact: false,
  isAutomatic: false,
  scoresSteps: false,
  summary: "The share of candidates that come to the same final answer.",
  parameters: NO_PARAMETERS,
  prompts: [],
  refusal: () => null,
  create: () =>
    localVerifier({ name: "agreement", scope: "complete", isComparative: true }, (_problem, candidates) => {
      const countsByClass = new Map<string, number>();
      let total = 0;
      for (const { answerClass, count } of candidates) {
        total += count;
        if (answerClass !== null) countsByClass.set(answerClass, (countsByClass.get(answerClass) ?? 0) + count);
      }
      return candidates.map(({ answerClass }) => {
        const votes = answerClass === null ? 0 : (countsByClass.get(answerClass) ?? 0);
        const reason = answerClass === null ? "no final answer found" : `${votes} of ${total} say ${answerClass}`;
        return { value: votes / total, kind: "estimate", reason, verifier: "agreement" };
      });
    }),
});
