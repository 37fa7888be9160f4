import type { PromptDefinition } from "../core/prompt.ts";
import { succeed } from "../core/result.ts";
import {
  type Candidate,
  defineVerifier,
  type Verifier,
  type VerifierContext,
  type VerifierDefinition,
} from "../core/verifier.ts";
import { renderCandidate } from "./candidate-text.ts";
import { NO_PARAMETERS } from "./no-parameters.ts";
import { createAsker, meanOfReading, promptRefusal } from "./prompted.ts";

/** A verifier that asks the model about each candidate by itself, and takes the mean of what the samples say. */
export function singleCandidateVerifier(
  traits: Pick<VerifierDefinition, "name" | "summary">,
  prompt: PromptDefinition,
  adjust: (value: number, candidate: Candidate) => number = (value) => value,
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
      const questionsOf = (problem: Parameters<Verifier["verify"]>[0], candidates: readonly Candidate[]) =>
        candidates.map((candidate) => {
          const text = renderCandidate(asker.prompt.template, problem, candidate);
          return text === null ? null : { text, round: candidate.judgements };
        });
      return {
        name,
        scope: "all",
        isComparative: false,
        worstCase: (problem, candidates) => asker.worstCase(questionsOf(problem, candidates)),
        verify: async (problem, candidates, signal) => {
          const { result, attempts } = await asker.ask(questionsOf(problem, candidates), signal);
          if (!result.ok) return { result, attempts };
          const scores = candidates.map((candidate, index) => {
            const reading = result.value[index] ?? null;
            const mean = reading === null ? null : meanOfReading(reading);
            if (mean === null) return null;
            return {
              value: adjust(mean.value, candidate),
              kind: "estimate" as const,
              reason: mean.reason,
              verifier: name,
            };
          });
          return { result: succeed(scores), attempts };
        },
      };
    },
  });
}
