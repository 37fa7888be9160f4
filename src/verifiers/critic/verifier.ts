import { type Amounts, addAmounts, NOTHING } from "../../core/amounts.ts";
import type { CancelSignal } from "../../core/cancellation.ts";
import type { Attempt, ModelError } from "../../core/model.ts";
import { type Problem, questionOf } from "../../core/problem.ts";
import { renderTemplate } from "../../core/prompt.ts";
import { type Result, succeed } from "../../core/result.ts";
import { defineVerifier, type Score, type Verifier, type VerifierContext } from "../../core/verifier.ts";
import { distinctTexts, shuffled, textOf } from "../distinct.ts";
import { NO_PARAMETERS } from "../no-parameters.ts";
import { type Asker, createAsker, promptRefusal, type Question, REMEMBERED } from "../prompted.ts";
import { CRITIC_PROMPT } from "./prompt.ts";

/**
 * Agent Q's critic (Putta et al. 2024): the model chooses the best of the candidates, then the best of the remaining,
 * and so on. Score = 1 - rank / (k - 1) of k distinct candidates, rank 0 the first chosen; k - 1 calls, one after the
 * other. The paper does not say how a rank becomes a value, nor in which order candidates are shown; ours is drawn from
 * the seed. Where a choice cannot be read, those that are left share the mean of their ranks.
 */
export const critic = defineVerifier({
  name: "critic",
  summary: "The model ranks all candidates by choosing the best of the remaining, repeatedly.",
  isExact: false,
  isAutomatic: false,
  scoresSteps: true,
  parameters: NO_PARAMETERS,
  prompts: [CRITIC_PROMPT],
  refusal: (_problem, model, prompts) => promptRefusal(CRITIC_PROMPT, model, prompts),
  create: createCritic,
});

function createCritic(context: VerifierContext): Verifier {
  const asker = createAsker(context, CRITIC_PROMPT);
  return {
    name: "critic",
    scope: "all",
    isComparative: true,
    worstCase: (problem, candidates) => worstCaseOf(asker, problem, distinctTexts(candidates)),
    verify: async (problem, candidates, signal) => {
      const texts = shuffled(distinctTexts(candidates), context.seed, "critic");
      const { result, attempts } = await rank(asker, problem, texts, signal);
      if (!result.ok) return { result, attempts };
      const scores = candidates.map((candidate) => scoreOf(result.value.get(textOf(candidate)), texts.length));
      return { result: succeed(scores), attempts };
    },
  };
}

interface Place {
  /** From 0, the best; halves and the like where several share it. */
  readonly rank: number;
  readonly isShared: boolean;
  readonly isRemembered: boolean;
}

async function rank(
  asker: Asker,
  problem: Problem,
  texts: readonly string[],
  signal: CancelSignal,
): Promise<{ readonly result: Result<ReadonlyMap<string, Place>, ModelError>; readonly attempts: readonly Attempt[] }> {
  const places = new Map<string, Place>();
  const attempts: Attempt[] = [];
  let left = texts;
  let isRemembered = false;
  while (left.length > 1) {
    const outcome = await asker.ask([questionAbout(asker, problem, left)], signal);
    attempts.push(...outcome.attempts);
    if (!outcome.result.ok) return { result: outcome.result, attempts };
    const [reading] = outcome.result.value;
    const best = left[reading?.values[0] ?? -1];
    if (best === undefined) break;
    isRemembered = reading?.isRemembered ?? false;
    places.set(best, { rank: places.size, isShared: false, isRemembered });
    left = left.filter((text) => text !== best);
  }
  const shared = { rank: places.size + (left.length - 1) / 2, isShared: left.length > 1, isRemembered };
  for (const text of left) places.set(text, shared);
  return { result: succeed(places), attempts };
}

function scoreOf(place: Place | undefined, count: number): Score | null {
  if (place === undefined) return null;
  const scored = { kind: "estimate" as const, verifier: "critic" };
  if (count === 1) return { ...scored, value: 0.5, reason: "there was nothing to compare it with" };
  const reason = place.isShared ? "among those that were not ranked" : `rank ${place.rank + 1} of ${count}`;
  const value = 1 - place.rank / (count - 1);
  return { ...scored, value, reason: place.isRemembered ? reason + REMEMBERED : reason };
}

function questionAbout(asker: Asker, problem: Problem, texts: readonly string[]): Question | null {
  const text = renderTemplate(asker.prompt.template, {
    question: questionOf(problem),
    count: String(texts.length),
    candidates: texts.map((attempt, index) => ({ tag: "attempt", number: index + 1, text: attempt })),
  });
  return text === null ? null : { text, round: 0, choices: texts.length };
}

/** Which ones will be left is not known: each round is taken to show all. */
function worstCaseOf(asker: Asker, problem: Problem, texts: readonly string[]): Amounts {
  let sum = NOTHING;
  const round = asker.worstCaseLike(questionAbout(asker, problem, texts));
  for (let count = texts.length; count > 1; count--) sum = addAmounts(sum, round);
  return sum;
}
