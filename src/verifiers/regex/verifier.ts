import { z } from "zod";
import { defineVerifier, localVerifier } from "../../core/verifier.ts";
import { compilePattern, patternSchema } from "../pattern.ts";

/**
 * A pattern of the request that the candidate must match somewhere, or must not match anywhere. RE2's syntax and its
 * guarantee: no pattern, however hostile, takes more than time linear in the text.
 */
export const regex = defineVerifier({
  name: "regex",
  summary: "The answer, or the whole text, matches a pattern of the request.",
  isExact: true,
  isAutomatic: false,
  scoresSteps: false,
  parameters: z.strictObject({
    pattern: patternSchema,
    /** i: any case; m: ^ and $ match at line ends; s: a dot matches a line end. */
    flags: z
      .string()
      .regex(/^(?!.*(.).*\1)[ims]*$/, "flags are of i, m and s, each once")
      .default(""),
    /** What is searched. */
    of: z.enum(["answer", "text"]).default("answer"),
    /** False: it must not match. */
    must_match: z.boolean().default(true),
  }),
  prompts: [],
  refusal: () => null,
  create: (_context, { pattern, flags, of, must_match }) => {
    const compiled = compilePattern(pattern, flags);
    if ("fault" in compiled) throw new Error(`regex: an unusable pattern got past its schema: ${compiled.fault}`);
    return localVerifier({ name: "regex", scope: "complete", isComparative: false }, (_problem, candidates) =>
      candidates.map(({ isComplete, text, answer }) => {
        if (!isComplete) return null;
        const searched = of === "text" ? text : answer;
        const verdict = (value: 0 | 1, reason: string) =>
          ({ value, kind: "verdict", reason, verifier: "regex" }) as const;
        if (searched === null) return verdict(0, "no final answer");
        if (searched.length > compiled.maxLength) {
          return verdict(0, `longer than the ${compiled.maxLength} characters that this pattern is looked for in`);
        }
        const isMatch = compiled.find(searched) !== null;
        return verdict(isMatch === must_match ? 1 : 0, isMatch ? "the pattern matches" : "the pattern does not match");
      }),
    );
  },
});
