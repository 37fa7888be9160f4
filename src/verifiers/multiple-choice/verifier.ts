import { z } from "zod";
import { finalAnswer } from "../../core/answer/answer.ts";
import { type Problem, questionOf } from "../../core/problem.ts";
import { defineVerifier, localVerifier } from "../../core/verifier.ts";
import { type Choice, choiceIn, lettered, type Options, optionsIn } from "./options.ts";

const parameters = z.strictObject({
  /** Texts of the options, A first; absent: as the question lists them. */
  options: z.array(z.string().min(1).max(2000)).min(2).max(10).optional(),
});

/** The letter of the chosen option against the reference, which is a letter or the text of an option. */
export const multipleChoice = defineVerifier({
  name: "multiple-choice",
  summary: "The chosen option, by its letter or its text, is the one of the reference.",
  isExact: true,
  isAutomatic: false,
  scoresSteps: false,
  parameters,
  prompts: [],
  refusal: (problem, _model, _prompts, given) => {
    const expected = expectedChoice(problem, optionsOf(problem, given));
    return expected.type === "letter" ? null : expected.reason;
  },
  create: (_context, given) =>
    localVerifier({ name: "multiple-choice", scope: "complete", isComparative: false }, (problem, candidates) => {
      const options = optionsOf(problem, given);
      const expected = expectedChoice(problem, options);
      return candidates.map(({ isComplete, answer, text }) => {
        if (!isComplete || expected.type === "none") return null;
        const choice = choiceIn(answer ?? lastLineOf(text), options);
        const isRight = choice.type === "letter" && choice.letter === expected.letter;
        const reason = choice.type === "letter" ? `chooses ${choice.letter}` : choice.reason;
        return { value: isRight ? 1 : 0, kind: "verdict", reason, verifier: "multiple-choice" };
      });
    }),
});

function optionsOf(problem: Problem, { options }: z.infer<typeof parameters>): Options {
  return options === undefined ? optionsIn(questionOf(problem)) : lettered(options);
}

function expectedChoice({ reference }: Problem, options: Options): Choice {
  if (reference === null) {
    return { type: "none", reason: "it compares with a reference answer, and the request brings no search.reference" };
  }
  const choice = choiceIn(finalAnswer(reference) ?? reference, options);
  if (choice.type === "letter") return choice;
  const listed = options.size === 0 ? "the question lists none" : `there are ${[...options.keys()].join(", ")}`;
  return { type: "none", reason: `search.reference is no option: it ${choice.reason}, and of options ${listed}` };
}

/** Where no final answer was found, a candidate may still end with its choice. */
function lastLineOf(text: string): string {
  return text.trimEnd().slice(-2000).split("\n").at(-1)?.trim() ?? "";
}
