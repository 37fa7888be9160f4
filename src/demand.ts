import { type Amounts, NOTHING } from "./core/amounts.ts";
import { worstCaseOf } from "./core/execute.ts";
import { createRandom } from "./core/random.ts";
import type { SearchSetup } from "./core/search.ts";
import type { ProposeStep } from "./core/step.ts";
import { foldTree } from "./core/tree.ts";
import type { AllowLists } from "./ledger/allow-lists.ts";
import { findMethod, findVerifier } from "./lists.ts";
import type { Recipe } from "./recipe.ts";

/** What a search needs before its first call. */
export interface Demand {
  /** The worst case of its first call alone: with less nothing can be done. */
  readonly least: Amounts;
  /** Of as many calls as it has in flight at once, twice: while the first are judged the next are under way. */
  readonly piece: Amounts;
}

/** A method's first step, and what it costs at most for so many samples. */
export interface FirstStep {
  readonly step: ProposeStep;
  worstCase(count: number): Amounts;
}

/** Exact: the method is asked for its first step, and the step for its worst case, as the search itself will. */
export function firstStepOf(setup: SearchSetup): FirstStep | null {
  const { searchId, problem, recipe, codeVersion, method, seed } = setup;
  const start = { type: "search-start", sequence: 0, atMs: 0, searchId, problem, recipe, codeVersion } as const;
  const tree = foldTree([start], setup.answers, method.backup);
  const decision = method.next(tree, createRandom(seed, "decision", tree.stepsStarted));
  if (decision.type !== "step" || decision.step.type !== "propose") return null;
  const { step } = decision;
  return { step, worstCase: (count) => worstCaseOf(setup, tree, 1, step, count) };
}

export function demandOf(setup: SearchSetup): Demand {
  const first = firstStepOf(setup);
  if (first === null) return { least: NOTHING, piece: NOTHING };
  const { step, worstCase } = first;
  const { limits, width } = setup;
  const steps = Math.min(width, Math.ceil((limits.rollouts ?? step.count) / step.count));
  const wave = worstCase(step.count);
  const times = (amount: number) => amount * Math.max(1, steps) * WAVES;
  const piece = {
    rollouts: times(wave.rollouts),
    calls: times(wave.calls),
    tokens: times(wave.tokens),
    microdollars: times(wave.microdollars),
  };
  return { least: worstCase(1), piece };
}

const WAVES = 2;

/** What the search would use of what a key may be forbidden. */
export function asksOf(recipe: Pick<Recipe, "model" | "method" | "params" | "verifiers">): Required<AllowLists> {
  const { model, method, params, verifiers } = recipe;
  const wants = verifiers.map(({ type, params: own }) => findVerifier(type)?.wants(own) ?? {});
  const models = [model, ...(findMethod(method)?.models(params) ?? []), ...wants.flatMap((one) => one.model ?? [])];
  return {
    models: [...new Set(models)],
    methods: [method],
    verifiers: [...new Set(verifiers.map(({ type }) => type))],
    origins: [...new Set(wants.flatMap(({ webhook }) => (webhook === undefined ? [] : new URL(webhook.url).origin)))],
  };
}
