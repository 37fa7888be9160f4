import { z } from "zod";
import { type Amounts, addAmounts, NOTHING } from "../../core/amounts.ts";
import type { Attempt } from "../../core/model.ts";
import type { Problem } from "../../core/problem.ts";
import { succeed } from "../../core/result.ts";
import {
  type Candidate,
  defineVerifier,
  type Score,
  type Verifier,
  type VerifierContext,
} from "../../core/verifier.ts";
import { distinctTexts, shuffled, textOf } from "../distinct.ts";
import { createPairAsker, type Pair } from "../pair-of-candidates.ts";
import { promptRefusal, REMEMBERED } from "../prompted.ts";
import { COMPARE_PROMPT } from "./prompt.ts";
import { borda, knockout, pairsOf } from "./tournament.ts";

const parameters = z.strictObject({
  /** "knockout": k - 1 comparisons of k candidates; "borda": all k (k - 1) / 2. */
  tournament: z.enum(["knockout", "borda"]).default("knockout"),
  /** Ask each pair in both orders and take the mean: twice the calls, and no advantage of the place. */
  both_orders: z.boolean().default(true),
});

type Parameters = z.infer<typeof parameters>;

/**
 * Which of two answers is better, asked in both orders, and a tournament of such comparisons over a whole set. Of exactly
 * two candidates the scores add up to 1: as such it is the comparator of the knockout and Borda selections.
 */
export const pairwise = defineVerifier({
  name: "pairwise",
  summary: "The model says which of two answers is better, in both orders; a set is ranked by a tournament.",
  parameters,
  isExact: false,
  isAutomatic: false,
  scoresSteps: true,
  prompts: [COMPARE_PROMPT],
  refusal: (_problem, model, prompts) => promptRefusal(COMPARE_PROMPT, model, prompts),
  create: createPairwise,
});

function createPairwise(context: VerifierContext, { tournament: name, both_orders }: Parameters): Verifier {
  const asker = createPairAsker(context, COMPARE_PROMPT, both_orders);
  const tournament = name === "borda" ? borda : knockout;

  const worstCase = (problem: Problem, candidates: readonly Candidate[]): Amounts => {
    const texts = entrantsOf(candidates, context.seed);
    const pairs = pairsOf(texts.length).map(pairOf(texts));
    if (pairs.length === tournament.matches(texts.length)) return asker.worstCase(problem, pairs);
    // Who will meet whom is not known: each match is taken to be the dearest.
    const match = asker.worstCaseOfOne(problem, pairs);
    let sum = NOTHING;
    for (let left = tournament.matches(texts.length); left > 0; left--) sum = addAmounts(sum, match);
    return sum;
  };

  return {
    name: "pairwise",
    scope: "all",
    isComparative: true,
    worstCase,
    verify: async (problem, candidates, signal) => {
      const texts = entrantsOf(candidates, context.seed);
      const known = new Map<string, { readonly value: number; readonly reason: string }>();
      const attempts: Attempt[] = [];
      const preferenceOf = (first: number, second: number) => known.get(`${first} ${second}`)?.value ?? null;
      for (;;) {
        const due = tournament.due(texts.length, preferenceOf);
        if (due.length === 0) break;
        const outcome = await asker.prefer(problem, due.map(pairOf(texts)), signal);
        attempts.push(...outcome.attempts);
        if (!outcome.result.ok) return { result: outcome.result, attempts };
        for (const [index, [first, second]] of due.entries()) {
          const preference = outcome.result.value[index] ?? { value: 0.5, reason: "it could not be asked" };
          known.set(`${first} ${second}`, preference);
        }
      }
      const only = texts.length === 2 ? known.get("0 1") : undefined;
      const isRemembered = [...known.values()].every(({ reason }) => reason.endsWith(REMEMBERED));
      const reason = only?.reason ?? `a ${name} tournament of ${texts.length}${isRemembered ? REMEMBERED : ""}`;
      const scores = tournament.scores(texts.length, preferenceOf);
      return {
        result: succeed(candidates.map((candidate) => scoreOf(scores, texts.indexOf(textOf(candidate)), reason))),
        attempts,
      };
    },
  };
}

/** Two stay in the order in which they came, as the comparisons of a selection are recorded. */
function entrantsOf(candidates: readonly Candidate[], seed: number): readonly string[] {
  const texts = distinctTexts(candidates);
  return texts.length === 2 ? texts : shuffled(texts, seed, "pairwise");
}

function pairOf(texts: readonly string[]): (match: readonly [number, number]) => Pair {
  return ([first, second]) => [texts[first] ?? "", texts[second] ?? ""];
}

function scoreOf(scores: readonly number[], place: number, reason: string): Score {
  const scored = { kind: "estimate" as const, verifier: "pairwise" };
  // One text alone, or all the same: nothing is known, which is not the same as bad.
  if (scores.length < 2) return { ...scored, value: 0.5, reason: "there was nothing to compare it with" };
  return { ...scored, value: scores[place] ?? 0, reason };
}
