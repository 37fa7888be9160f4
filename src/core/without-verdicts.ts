import { succeed } from "./result.ts";
import type { Score, Verifier } from "./verifier.ts";

/**
 * The verifier with every verdict taken for no opinion: what a search sees that must not know the truth. A composite asks
 * its judges about what its checkers have decided, so that the scores are those of the judges alone.
 */
export function withoutVerdicts(verifier: Verifier): Verifier {
  if (verifier.withoutVerdicts !== undefined) return verifier.withoutVerdicts();
  const { verifyNow } = verifier;
  return {
    ...verifier,
    ...(verifyNow !== undefined && {
      verifyNow: (problem, candidates) => verifyNow(problem, candidates).map(estimateOnly),
    }),
    verify: async (problem, candidates, signal) => {
      const { result, attempts } = await verifier.verify(problem, candidates, signal);
      return { result: result.ok ? succeed(result.value.map(estimateOnly)) : result, attempts };
    },
  };
}

function estimateOnly(score: Score | null): Score | null {
  return score?.kind === "verdict" ? null : score;
}
