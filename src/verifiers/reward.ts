import { type Aggregation, aggregate } from "../core/aggregation.ts";
import { type Problem, questionOf } from "../core/problem.ts";
import { succeed } from "../core/result.ts";
import type { RewardInput } from "../core/reward-model.ts";
import type { Candidate, Score, Verifier, VerifierContext } from "../core/verifier.ts";

export interface RewardSpec {
  readonly name: string;
  readonly scope: Verifier["scope"];
  /** How the scores of an answer's steps become one. */
  readonly aggregation: Aggregation;
}

/** A reward model as a verifier. All candidates of one verification go together. */
export function rewardVerifier(context: VerifierContext, { name, scope, aggregation }: RewardSpec): Verifier {
  const { rewardModel } = context;
  if (rewardModel === undefined) throw new Error(`${name} was created without the reward model that it wants`);
  const separator = context.model.capabilities.stepSeparator;

  const inputsOf = (problem: Problem, candidates: readonly Candidate[]): (RewardInput | null)[] => {
    const question = questionOf(problem);
    return candidates.map((candidate) => {
      if (scope === "complete" && !candidate.isComplete) return null;
      const steps = stepsOf(candidate.text, separator);
      return steps.length === 0 ? null : { messages: problem.messages, question, steps };
    });
  };

  return {
    name,
    scope,
    isComparative: false,
    worstCase: (problem, candidates) =>
      rewardModel.worstCase(inputsOf(problem, candidates).filter((input) => input !== null)),
    verify: async (problem, candidates, signal) => {
      const inputs = inputsOf(problem, candidates);
      const { result, attempts } = await rewardModel.score(
        inputs.filter((input) => input !== null),
        signal,
      );
      if (!result.ok) return { result, attempts };
      const found = result.value[Symbol.iterator]();
      const scores = inputs.map((input): Score | null => {
        const values = input === null ? null : (found.next().value ?? null);
        const value = values === null ? null : aggregate(values, aggregation);
        if (values === null || value === null) return null;
        return { value, kind: "estimate", reason: reasonOf(values, aggregation), verifier: name };
      });
      return { result: succeed(scores), attempts };
    },
  };
}

/** The text cut after each separator; blank pieces belong to the step before them. Joined they are the text. */
export function stepsOf(text: string, separator: string): string[] {
  if (text.trim() === "") return [];
  const steps: string[] = [];
  const pieces = text.split(separator);
  for (const [index, piece] of pieces.entries()) {
    const whole = index === pieces.length - 1 ? piece : piece + separator;
    const last = steps.at(-1);
    // Also what comes before the first words is a part of the first step.
    if (last !== undefined && (piece.trim() === "" || last.trim() === "")) steps[steps.length - 1] = last + whole;
    else steps.push(whole);
  }
  return steps;
}

/** The scores of the steps are kept where they can be read. */
function reasonOf(values: readonly number[], aggregation: Aggregation): string {
  if (values.length === 1) return `reward ${values[0]?.toFixed(3)}`;
  const shown = values.slice(-MOST_SHOWN).map((value) => value.toFixed(3));
  const left = values.length - shown.length;
  return `${aggregation} of ${values.length} steps: ${left > 0 ? `${left} more, ` : ""}${shown.join(", ")}`;
}

const MOST_SHOWN = 32;
