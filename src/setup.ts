import { type AnswerRule, answerRule } from "./core/answer/answer.ts";
import { type Backup, MEAN_RETURN } from "./core/backup.ts";
import type { Clock } from "./core/clock.ts";
import { withEarlyStop } from "./core/early-stop.ts";
import type { FormGate } from "./core/form-gate.ts";
import { withGreedyFirst } from "./core/greedy-first.ts";
import type { JudgementCache } from "./core/judgement-cache.ts";
import type { Model } from "./core/model.ts";
import type { Problem } from "./core/problem.ts";
import { createRandom } from "./core/random.ts";
import { fail, type Result, succeed } from "./core/result.ts";
import type { SearchSetup } from "./core/search.ts";
import { SELECTIONS } from "./core/selection/index.ts";
import { withSelection } from "./core/selection/with-selection.ts";
import type { VerifierContext } from "./core/verifier.ts";
import {
  comparatorNamed,
  comparatorsOf,
  findFormGate,
  findMethod,
  findSelection,
  findVerifier,
  modelNotFound,
  policyNamed,
  unknownName,
} from "./lists.ts";
import { METHODS } from "./methods/index.ts";
import { findModel, type ProviderConfig } from "./providers/config.ts";
import type { Gate } from "./providers/gate.ts";
import { createHealth, type Health } from "./providers/health.ts";
import { createRoutedModel } from "./providers/routed-model.ts";
import { DEFAULT_BOOK, type RoutingBook } from "./providers/routing-book.ts";
import { NO_SCORERS, type Scorers } from "./providers/scorers.ts";
import type { AiBinding } from "./providers/workers-ai/binding.ts";
import { DEFAULT_ROLLOUTS, type Recipe, type RecipeError } from "./recipe.ts";
import { createScorer } from "./scorers.ts";
import { compositeVerifier } from "./verifiers/composite.ts";
import { FORM_GATES } from "./verifiers/form-gates/index.ts";
import { VERIFIERS } from "./verifiers/index.ts";
import { findLast } from "./verifiers/pattern.ts";

/** Effects that the functions of a search are built on. */
export interface SetupDeps {
  readonly providers: readonly ProviderConfig[];
  readonly gate: Gate;
  readonly clock: Clock;
  /** By default every model is asked of its providers in their order. */
  readonly routing?: RoutingBook;
  /** What is known of the providers already; by default nothing. */
  readonly health?: Health;
  readonly scorers?: Scorers;
  /** The platform's own models, where they are bound. */
  readonly ai?: AiBinding | undefined;
  /** The tenant's remembered judgements; none are where absent. */
  readonly judgements?: Omit<JudgementCache, "model">;
}

/**
 * The composition root: names and parameters become functions. Fails only where a recipe written by older code, or for
 * a provider that is gone, no longer means anything.
 */
export function createSetup(
  input: {
    readonly searchId: string;
    readonly recipe: Recipe;
    readonly problem: Problem;
    readonly codeVersion: string;
  },
  deps: SetupDeps,
): Result<SearchSetup, RecipeError> {
  const { recipe, problem, searchId, codeVersion } = input;
  const found = findModel(deps.providers, recipe.model);
  if (found === null) return fail(modelNotFound(recipe.model));
  const definition = findMethod(recipe.method);
  if (definition === null) return fail(unknownName("search.method", recipe.method, METHODS));
  const health = deps.health ?? createHealth(deps.clock, createRandom(recipe.seed, "health"));
  const hops = recipe.hops ?? 0;
  const modelOf = (id: string) =>
    createRoutedModel(id, { ...deps, routing: deps.routing ?? DEFAULT_BOOK, health, hops });
  const model = modelOf(recipe.model);
  const models = new Map<string, Model>();
  for (const id of definition.models(recipe.params)) {
    if (findModel(deps.providers, id) === null) return fail(modelNotFound(id));
    models.set(id, modelOf(id));
  }
  const judgementsOf = ({ provider, model }: typeof found): Pick<VerifierContext, "judgements"> => {
    const { judgements } = deps;
    if (judgements === undefined) return {};
    // The address too: what a provider's name stands for may change.
    return { judgements: { ...judgements, model: JSON.stringify([provider.name, provider.baseUrl, model.upstream]) } };
  };
  const context = { model, prompts: recipe.prompts, seed: recipe.seed, ...judgementsOf(found) };
  const parts = [];
  for (const { type, weight, params, prompts } of recipe.verifiers) {
    const verifier = findVerifier(type);
    if (verifier === null) return fail(unknownName("search.verifier", type, VERIFIERS));
    const wants = verifier.wants(params);
    const other = wants.model === undefined ? found : findModel(deps.providers, wants.model);
    if (other === null) return fail({ ...modelNotFound(wants.model ?? ""), param: "search.verifier.model" });
    const scorer = createScorer(wants, deps.scorers ?? NO_SCORERS, { ...deps, hops });
    if (!scorer.ok) return scorer;
    const own = {
      ...context,
      ...scorer.value,
      ...judgementsOf(other),
      model: other === found ? model : modelOf(other.model.id),
      prompts: prompts ?? context.prompts,
    };
    parts.push({ verifier: verifier.create(own, params), weight });
  }
  const formGates: FormGate[] = [];
  for (const name of recipe.formGates ?? []) {
    const gate = findFormGate(name);
    if (gate === null) return fail(unknownName("response_format", name, FORM_GATES));
    formGates.push(gate.create(problem));
  }
  const selection = recipe.selection === null ? null : findSelection(recipe.selection);
  if (recipe.selection !== null && selection === null) {
    return fail(unknownName("search.selection", recipe.selection, SELECTIONS));
  }
  const verifier = parts.length === 0 ? null : compositeVerifier(parts);
  const rollouts = recipe.limits.rollouts ?? DEFAULT_ROLLOUTS;
  const planned = definition.create(recipe.params, { rollouts, verifier, seed: recipe.seed });
  const policies = mapValues(definition.policies, policyNamed);
  const diverse = recipe.isGreedyFirst ? withGreedyFirst(planned, (role) => policies[role]?.extent === "end") : planned;
  const method = recipe.earlyStop === undefined ? diverse : withEarlyStop(diverse, recipe.earlyStop);
  return succeed({
    searchId,
    recipe,
    codeVersion,
    problem,
    seed: recipe.seed,
    sampling: recipe.sampling,
    policies,
    formGates,
    prompts: recipe.prompts,
    wantsLogprobs: definition.needs(recipe.params).includes("logprobs"),
    model,
    models,
    verifier,
    comparators: mapValues(comparatorsOf(definition, recipe.params, recipe.selection), (name) =>
      comparatorNamed(name).create(context, {}),
    ),
    method: selection === null ? method : withSelection(method, selection),
    limits: recipe.limits,
    width: recipe.width,
    answers: answersOfRecipe(recipe),
    isOneCall: isOneCall(recipe),
  });
}

/** What counts as a final answer in a stored search, by its recipe; one from before it could be asked for is automatic. */
export function answersOfRecipe(recipe: unknown): AnswerRule {
  const { answer = { from: "auto" } } = recipe as Partial<Recipe>;
  return answerRule(answer, findLast);
}

/** Is a stored search no search, but one call whose completions are the answers? */
export function isOneCall({ method }: Recipe): boolean {
  return findMethod(method)?.isOneCall ?? false;
}

/** How the values of a stored search's tree are kept, by its recipe: for whoever reads its log without running it. */
export function backupOfRecipe(recipe: unknown): Backup {
  const { method, params, limits, seed } = recipe as Recipe;
  const rollouts = limits.rollouts ?? DEFAULT_ROLLOUTS;
  const definition = findMethod(method);
  // Written by other code, whose parameters mean nothing here: it can still be read.
  if (definition === null || !definition.parse(params).ok) return MEAN_RETURN;
  return definition.create(params, { rollouts, verifier: null, seed }).backup ?? MEAN_RETURN;
}

function mapValues<In, Out>(record: Readonly<Record<string, In>>, map: (value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
