import { answerClass } from "./core/answer.ts";
import type { Clock } from "./core/clock.ts";
import type { Method } from "./core/method.ts";
import type { Policy } from "./core/policy.ts";
import type { Problem } from "./core/problem.ts";
import { fail, type Result, succeed } from "./core/result.ts";
import type { SearchSetup } from "./core/search.ts";
import { SELECTIONS, type SelectionName } from "./core/selection.ts";
import { METHODS } from "./methods/index.ts";
import { POLICIES } from "./policies/index.ts";
import { findModel, type ProviderConfig } from "./providers/config.ts";
import type { Gate } from "./providers/gate.ts";
import { createOpenAiModel } from "./providers/openai/model.ts";
import {
  DEFAULT_ROLLOUTS,
  findMethod,
  findVerifier,
  modelNotFound,
  type Recipe,
  type RecipeError,
  unknownName,
} from "./recipe.ts";
import { compositeVerifier } from "./verifiers/composite.ts";
import { VERIFIERS } from "./verifiers/index.ts";

/** Effects that the functions of a search are built on. */
export interface SetupDeps {
  readonly providers: readonly ProviderConfig[];
  readonly gate: Gate;
  readonly clock: Clock;
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
  const model = createOpenAiModel({ ...found, gate: deps.gate, clock: deps.clock });
  const parts = [];
  for (const { type, weight } of recipe.verifiers) {
    const verifier = findVerifier(type);
    if (verifier === null) return fail(unknownName("search.verifier", type, VERIFIERS));
    parts.push({ verifier: verifier.create({ model, judgePrompt: found.model.judgePrompt }), weight });
  }
  const verifier = parts.length === 0 ? null : compositeVerifier(parts);
  const rollouts = recipe.limits.rollouts ?? DEFAULT_ROLLOUTS;
  return succeed({
    searchId,
    recipe,
    codeVersion,
    problem,
    seed: recipe.seed,
    sampling: recipe.sampling,
    policies: {
      step: findPolicy(definition.policies.step),
      end: findPolicy(definition.policies.end),
    },
    model,
    verifier,
    method: withSelection(definition.create(recipe.params, { rollouts, verifier }), recipe.selection),
    limits: recipe.limits,
    width: recipe.width,
    classify: answerClass,
  });
}

function withSelection(method: Method, selection: SelectionName | null): Method {
  return selection === null ? method : { ...method, answer: SELECTIONS[selection] };
}

function findPolicy(name: string): Policy {
  const policy = POLICIES.find((one) => one.name === name);
  if (policy === undefined) throw new Error(`no policy ${name}`);
  return policy;
}
