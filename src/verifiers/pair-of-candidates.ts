import { type Amounts, addAmounts, NOTHING } from "../core/amounts.ts";
import type { CancelSignal } from "../core/cancellation.ts";
import type { Attempt, ModelError } from "../core/model.ts";
import { type Problem, questionOf } from "../core/problem.ts";
import { type PromptDefinition, renderTemplate } from "../core/prompt.ts";
import { type Result, succeed } from "../core/result.ts";
import {
  defineVerifier,
  type Score,
  type Verifier,
  type VerifierContext,
  type VerifierDefinition,
} from "../core/verifier.ts";
import { textOf } from "./distinct.ts";
import { NO_PARAMETERS } from "./no-parameters.ts";
import { createAsker, meanOfReading, promptRefusal, type Question, REMEMBERED } from "./prompted.ts";

/** What a template about two candidates may mention. */
export const PAIR_PLACEHOLDERS = ["question", "first", "second"] as const;

export type Pair = readonly [first: string, second: string];

/** What was said about a pair. */
export interface Preference {
  /** For the first of the pair, in [0, 1]. */
  readonly value: number;
  readonly reason: string;
}

/** Asks which of two texts is better, or whether they are the same. */
export interface PairAsker {
  worstCase(problem: Problem, pairs: readonly Pair[]): Amounts;
  /** Of any one of these pairs, also where its answer is known. */
  worstCaseOfOne(problem: Problem, pairs: readonly Pair[]): Amounts;
  /** One per pair, in order; null where nothing could be asked. All pairs are asked side by side. */
  prefer(
    problem: Problem,
    pairs: readonly Pair[],
    signal: CancelSignal,
  ): Promise<{
    readonly result: Result<readonly (Preference | null)[], ModelError>;
    readonly attempts: readonly Attempt[];
  }>;
}

/** With `isPositionSwapped` it asks in both orders and takes the mean: models favour a position, and that cancels. */
export function createPairAsker(
  context: VerifierContext,
  prompt: PromptDefinition,
  isPositionSwapped: boolean,
): PairAsker {
  const asker = createAsker(context, prompt);
  const orders = isPositionSwapped ? 2 : 1;
  const questionOn = (problem: Problem, first: string, second: string): Question | null => {
    const text = renderTemplate(asker.prompt.template, { question: questionOf(problem), first, second });
    return text === null ? null : { text, round: 0 };
  };
  const questionsOn = (problem: Problem, [first, second]: Pair): (Question | null)[] =>
    [questionOn(problem, first, second), questionOn(problem, second, first)].slice(0, orders);

  return {
    worstCase: (problem, pairs) => asker.worstCase(pairs.flatMap((pair) => questionsOn(problem, pair))),
    worstCaseOfOne: (problem, pairs) => {
      let largest = NOTHING;
      for (const pair of pairs) {
        const questions = questionsOn(problem, pair).map(asker.worstCaseLike);
        largest = largerOf(largest, questions.reduce(addAmounts, NOTHING));
      }
      return largest;
    },
    prefer: async (problem, pairs, signal) => {
      const { result, attempts } = await asker.ask(
        pairs.flatMap((pair) => questionsOn(problem, pair)),
        signal,
      );
      if (!result.ok) return { result, attempts };
      const preferences = pairs.map((_pair, index): Preference | null => {
        const readings = result.value.slice(index * orders, (index + 1) * orders);
        const forFirst = readings.flatMap((reading, order) => {
          const mean = reading === null ? null : meanOfReading(reading);
          return mean === null ? [] : [order === 0 ? mean.value : 1 - mean.value];
        });
        if (forFirst.length === 0) return null;
        const value = forFirst.reduce((sum, one) => sum + one, 0) / forFirst.length;
        const said = forFirst.map((one) => one.toFixed(2)).join(", ");
        const remembered = readings.every((reading) => reading?.isRemembered) ? REMEMBERED : "";
        return { value, reason: `asked in ${forFirst.length} order(s): ${said}${remembered}` };
      });
      return { result: succeed(preferences), attempts };
    },
  };
}

/** A verifier of exactly two candidates whose two scores add up to 1. */
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
      const asker = createPairAsker(context, prompt, isPositionSwapped);
      const pairsOf = (candidates: Parameters<Verifier["worstCase"]>[1]): Pair[] => {
        const [first, second] = candidates.map(textOf);
        return first === undefined || second === undefined ? [] : [[first, second]];
      };
      return {
        name,
        scope: "all",
        isComparative: true,
        worstCase: (problem, candidates) => asker.worstCase(problem, pairsOf(candidates)),
        verify: async (problem, candidates, signal) => {
          const { result, attempts } = await asker.prefer(problem, pairsOf(candidates), signal);
          if (!result.ok) return { result, attempts };
          const preference = result.value[0] ?? null;
          if (preference === null) return { result: succeed(candidates.map(() => null)), attempts };
          const { value, reason } = preference;
          const scoreOf = (share: number): Score => ({ value: share, kind: "estimate", reason, verifier: name });
          return { result: succeed([scoreOf(value), scoreOf(1 - value)]), attempts };
        },
      };
    },
  });
}

function largerOf(a: Amounts, b: Amounts): Amounts {
  return {
    rollouts: Math.max(a.rollouts, b.rollouts),
    calls: Math.max(a.calls, b.calls),
    tokens: Math.max(a.tokens, b.tokens),
    microdollars: Math.max(a.microdollars, b.microdollars),
  };
}
