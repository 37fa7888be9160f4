import type { Problem } from "../core/problem.ts";
import type { PlaceholderValue, PromptDefinition } from "../core/prompt.ts";
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
import { type Asker, createAsker, meanOfReading, promptRefusal } from "./prompted.ts";

export interface SingleCandidateTraits extends Pick<VerifierDefinition, "name" | "summary"> {
  readonly scope: Verifier["scope"];
}

/** A verifier without parameters that asks the model about each candidate by itself. */
export function singleCandidateVerifier(
  traits: SingleCandidateTraits,
  prompt: PromptDefinition,
  adjust: (value: number) => number = (value) => value,
): VerifierDefinition {
  const { name, summary, scope } = traits;
  return defineVerifier({
    name,
    summary,
    parameters: NO_PARAMETERS,
    isExact: false,
    isAutomatic: false,
    scoresSteps: scope === "all",
    prompts: [prompt],
    refusal: (_problem, model, prompts) => promptRefusal(prompt, model, prompts),
    create: (context: VerifierContext) => judgeSingly(name, scope, createAsker(context, prompt), {}, adjust),
  });
}

/** Asks about each candidate by itself and takes the mean of what the samples say. `values`: of further placeholders. */
export function judgeSingly(
  name: string,
  scope: Verifier["scope"],
  asker: Asker,
  values: Readonly<Record<string, PlaceholderValue>>,
  adjust: (value: number) => number,
): Verifier {
  const questionsOf = (problem: Problem, candidates: readonly Candidate[]) =>
    candidates.map((candidate) => {
      if (scope === "complete" && !candidate.isComplete) return null;
      const text = renderCandidate(asker.prompt.template, problem, candidate, values);
      return text === null ? null : { text, round: candidate.judgements };
    });
  return {
    name,
    scope,
    isComparative: false,
    worstCase: (problem, candidates) => asker.worstCase(questionsOf(problem, candidates)),
    verify: async (problem, candidates, signal) => {
      const { result, attempts } = await asker.ask(questionsOf(problem, candidates), signal);
      if (!result.ok) return { result, attempts };
      const scores = candidates.map((_candidate, index) => {
        const reading = result.value[index] ?? null;
        const mean = reading === null ? null : meanOfReading(reading);
        if (mean === null) return null;
        return { value: adjust(mean.value), kind: "estimate" as const, reason: mean.reason, verifier: name };
      });
      return { result: succeed(scores), attempts };
    },
  };
}
