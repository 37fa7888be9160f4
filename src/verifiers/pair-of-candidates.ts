import { type Problem, questionOf } from "../core/problem.ts";
import { type PromptDefinition, renderTemplate } from "../core/prompt.ts";
import { succeed } from "../core/result.ts";
import {
  type Candidate,
  defineVerifier,
  type Score,
  type Verifier,
  type VerifierContext,
  type VerifierDefinition,
} from "../core/verifier.ts";
import { NO_PARAMETERS } from "./no-parameters.ts";
import { createAsker, meanOfReading, promptRefusal, type Question } from "./prompted.ts";

/** What a template about two candidates may mention. */
export const PAIR_PLACEHOLDERS = ["question", "first", "second"] as const;

/**
 * A verifier of exactly two candidates whose two scores add up to 1. With `isPositionSwapped` it asks in both orders and
 * takes the mean: models favour a position, and the bias then cancels.
 */
export function pairVerifier(
  traits: Pick<VerifierDefinition, "name" | "summary">,
  prompt: PromptDefinition,
  isPositionSwapped: boolean,
): VerifierDefinition {
  const { name } = traits;
  return defineVerifier({
    ...traits,
    parameters: NO_PARAMETERS,
    isExact: false,
    isAutomatic: false,
    scoresSteps: true,
    prompts: [prompt],
    refusal: (_problem, model, prompts) => promptRefusal(prompt, model, prompts),
    create: (context: VerifierContext): Verifier => {
      const asker = createAsker(context, prompt);
      const questionOn = (problem: Problem, first: Candidate, second: Candidate): Question | null => {
        const values = { question: questionOf(problem), first: first.text.trim(), second: second.text.trim() };
        const text = renderTemplate(asker.prompt.template, values);
        return text === null ? null : { text, round: 0 };
      };
      const questionsOn = (problem: Problem, candidates: readonly Candidate[]): (Question | null)[] => {
        const [first, second] = candidates;
        if (first === undefined || second === undefined) return [];
        const question = questionOn(problem, first, second);
        return isPositionSwapped ? [question, questionOn(problem, second, first)] : [question];
      };
      return {
        name,
        scope: "all",
        isComparative: true,
        worstCase: (problem, candidates) => asker.worstCase(questionsOn(problem, candidates)),
        verify: async (problem, candidates, signal) => {
          const { result, attempts } = await asker.ask(questionsOn(problem, candidates), signal);
          if (!result.ok) return { result, attempts };
          const forFirst = result.value.flatMap((reading, index) => {
            const mean = reading === null ? null : meanOfReading(reading);
            return mean === null ? [] : [index === 0 ? mean.value : 1 - mean.value];
          });
          if (forFirst.length === 0) return { result: succeed(candidates.map(() => null)), attempts };
          const value = forFirst.reduce((sum, one) => sum + one, 0) / forFirst.length;
          const scoreOf = (share: number): Score => ({
            value: share,
            kind: "estimate",
            reason: `asked in ${forFirst.length} order(s): ${forFirst.map((one) => one.toFixed(2)).join(", ")}`,
            verifier: name,
          });
          return { result: succeed([scoreOf(value), scoreOf(1 - value)]), attempts };
        },
      };
    },
  });
}
