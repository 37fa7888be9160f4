import { z } from "zod";
import { AUTOMATIC_ANSWER, finalAnswer } from "../../core/answer/answer.ts";
import { type Candidate, defineVerifier, localVerifier } from "../../core/verifier.ts";

const parameters = z
  .strictObject({
    /** What is compared: the final answer, or everything that the candidate says. */
    of: z.enum(["answer", "text"]).default("answer"),
    /** As what: by answer class (1/2 is 0.5), or character by character. */
    as: z.enum(["class", "characters"]).default("class"),
    /** Of characters: does their case count? */
    case_sensitive: z.boolean().optional(),
    /** Of characters: do all spaces and line ends count? Else those at the ends do not, and a run of them is one. */
    whitespace_sensitive: z.boolean().optional(),
  })
  .superRefine((given, context) => {
    for (const name of ["case_sensitive", "whitespace_sensitive"] as const) {
      if (given.as === "class" && given[name] !== undefined) {
        context.addIssue({ code: "custom", path: [name], message: 'it belongs to "as": "characters"' });
      }
    }
  });

/**
 * The reference answer of the request, compared as answer classes or as characters. It knows the answer: it is used only
 * where the request brings a reference and names this verifier, or a method that collects training data asks for gold.
 */
export const exact = defineVerifier({
  name: "exact",
  summary: "The final answer equals the reference of the request.",
  isExact: true,
  isAutomatic: false,
  scoresSteps: false,
  parameters,
  prompts: [],
  refusal: (problem) =>
    problem.reference === null
      ? "it compares with a reference answer, and the request brings no search.reference"
      : null,
  create: (_context, given) =>
    localVerifier({ name: "exact", scope: "complete", isComparative: false }, (problem, candidates) => {
      const reference = problem.reference === null ? null : referenceIn(problem.reference, given);
      return candidates.map((candidate) => {
        if (!candidate.isComplete || reference === null) return null;
        const isEqual = said(candidate, given) === reference;
        const reason = isEqual ? "equals the reference" : "differs from the reference";
        return { value: isEqual ? 1 : 0, kind: "verdict", reason, verifier: "exact" };
      });
    }),
});

type Given = z.infer<typeof parameters>;

/** Null for a candidate that says nothing comparable: it equals no reference. */
function said({ text, answer, answerClass }: Candidate, given: Given): string | null {
  if (given.as === "characters") {
    const compared = given.of === "text" ? text : answer;
    return compared === null ? null : asCharacters(compared, given);
  }
  return given.of === "text" ? AUTOMATIC_ANSWER.classOf(text) : answerClass;
}

/** A reference may be a whole solution whose answer is marked, or the bare answer, however long. */
function referenceIn(reference: string, given: Given): string | null {
  const compared = given.of === "text" ? reference : (finalAnswer(reference) ?? reference);
  return given.as === "characters" ? asCharacters(compared, given) : AUTOMATIC_ANSWER.classOf(compared);
}

function asCharacters(text: string, { case_sensitive, whitespace_sensitive }: Given): string {
  const spaced = whitespace_sensitive === true ? text : text.replace(/\s+/g, " ").trim();
  return case_sensitive === true ? spaced : spaced.toLowerCase();
}
