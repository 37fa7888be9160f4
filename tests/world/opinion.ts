import { createRandom } from "../../src/core/random.ts";
import { localVerifier, type Verifier } from "../../src/core/verifier.ts";

/** A judge with an estimate of everything, partial or complete, that depends on the text alone; it is never certain. */
export const OPINION: Verifier = localVerifier(
  { name: "opinion", scope: "all", isComparative: false },
  (_problem, candidates) =>
    candidates.map(({ text }) => {
      const value = createRandom(0, "opinion", text).next();
      return { value, kind: "estimate", reason: "", verifier: "opinion" };
    }),
);
