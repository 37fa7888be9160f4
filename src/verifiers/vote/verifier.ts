import { type Problem, questionOf } from "../../core/problem.ts";
import { renderTemplate } from "../../core/prompt.ts";
import { succeed } from "../../core/result.ts";
import { type Candidate, defineVerifier, type Verifier, type VerifierContext } from "../../core/verifier.ts";
import { NO_PARAMETERS } from "../no-parameters.ts";
import { createAsker, promptRefusal, REMEMBERED } from "../prompted.ts";
import { VOTE_PROMPT } from "./prompt.ts";

/**
 * Tree of Thoughts' vote: the model sees all candidates side by side and names the best, several times; a candidate's
 * score is its share of the votes that could be read.
 */
export const vote = defineVerifier({
  name: "vote",
  summary: "The model compares all candidates and votes for the best, several times.",
  isExact: false,
  isAutomatic: false,
  scoresSteps: true,
  parameters: NO_PARAMETERS,
  prompts: [VOTE_PROMPT],
  refusal: (_problem, model, prompts) => promptRefusal(VOTE_PROMPT, model, prompts),
  create: createVote,
});

function createVote(context: VerifierContext): Verifier {
  const asker = createAsker(context, VOTE_PROMPT);
  const questionAbout = (problem: Problem, candidates: readonly Candidate[]) => {
    const text = renderTemplate(asker.prompt.template, {
      question: questionOf(problem),
      count: String(candidates.length),
      candidates: candidates.map(({ text: attempt }, index) => ({ tag: "attempt", number: index + 1, text: attempt })),
    });
    return text === null || candidates.length < 2 ? null : { text, round: 0, choices: candidates.length };
  };
  return {
    name: "vote",
    scope: "all",
    isComparative: true,
    worstCase: (problem, candidates) => asker.worstCase([questionAbout(problem, candidates)]),
    verify: async (problem, candidates, signal) => {
      const { result, attempts } = await asker.ask([questionAbout(problem, candidates)], signal);
      if (!result.ok) return { result, attempts };
      const votes = result.value[0]?.values ?? [];
      const scores = candidates.map((_candidate, index) => {
        // Nobody to compare with, or not one readable vote: nothing is known, which is not the same as bad.
        if (votes.length === 0) {
          return { value: 0.5, kind: "estimate" as const, reason: "no vote could be read", verifier: "vote" };
        }
        const count = votes.filter((choice) => choice === index).length;
        const reason = `${count} of ${votes.length} votes${result.value[0]?.isRemembered ? REMEMBERED : ""}`;
        return { value: count / votes.length, kind: "estimate" as const, reason, verifier: "vote" };
      });
      return { result: succeed(scores), attempts };
    },
  };
}
