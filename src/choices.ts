import type { MethodDefinition } from "./core/method.ts";
import type { Model } from "./core/model.ts";
import type { Problem } from "./core/problem.ts";
import type { PromptBook } from "./core/prompt.ts";
import { fail, type Result, succeed } from "./core/result.ts";
import type { VerifierDefinition } from "./core/verifier.ts";
import { findMethod, findVerifier, unknownName } from "./lists.ts";
import { METHODS } from "./methods/index.ts";
import { type PromptOverrides, resolvePrompts } from "./prompts.ts";
import type { ModelConfig } from "./providers/config.ts";
import type { RecipeError, VerifierSpec } from "./recipe.ts";
import { VERIFIERS } from "./verifiers/index.ts";

/** What is chosen for a request that leaves it open: the method, and who scores. */

/** Exact checkers that apply to this problem: what makes a search worth its price without the client's saying so. */
export function automaticVerifiers(problem: Problem, model: ModelConfig): readonly VerifierSpec[] {
  const fitting = VERIFIERS.filter((one) => one.isAutomatic && one.refusal(problem, traitsOf(model), {}) === null);
  return fitting.map(({ name }) => specOf(name));
}

/** The method that does not search. */
export const NO_SEARCH = "single";
/** What the service searches with where the choice is its own. */
const DEFAULT_SEARCH = "mcts";

export function chooseMethod(
  name: string,
  automatic: readonly VerifierSpec[],
): Result<{ definition: MethodDefinition; note: string | null }, RecipeError> {
  // Without a verifier that can tell right from wrong a search mostly costs money: it is not made, and it says so.
  const isAutomatic = name === "auto";
  const canSearch = automatic.length > 0;
  const automaticName = canSearch ? DEFAULT_SEARCH : NO_SEARCH;
  const resolved = isAutomatic ? automaticName : name === "none" ? NO_SEARCH : name;
  const definition = findMethod(resolved);
  if (definition === null) return fail(unknownName("search.method", name, METHODS));
  return succeed({ definition, note: isAutomatic && !canSearch ? "no_verifier" : null });
}

export function chooseVerifiers(
  asked: readonly VerifierSpec[] | null,
  definition: MethodDefinition,
  automatic: readonly VerifierSpec[],
  problem: Problem,
  model: ModelConfig,
  own: PromptOverrides,
): Result<readonly VerifierSpec[], RecipeError> {
  if (asked === null) return succeed(defaultVerifiers(definition, automatic, problem, model, own));
  for (const { type } of asked) {
    const verifier = findVerifier(type);
    if (verifier === null) return fail(unknownName("search.verifier", type, VERIFIERS));
    const refusal = verifier.refusal(problem, traitsOf(model), bookOf(verifier, own));
    if (refusal !== null) {
      return fail({
        code: "unsupported_value",
        message: `The verifier '${type}' cannot be used here: ${refusal}.`,
        param: "search.verifier",
      });
    }
  }
  return succeed(asked);
}

/**
 * What the method wants scored: by the exact checkers; steps also by the judge, or in words where the model gives no
 * log-probabilities; answers failing all else by agreement.
 */
function defaultVerifiers(
  definition: MethodDefinition,
  automatic: readonly VerifierSpec[],
  problem: Problem,
  model: ModelConfig,
  own: PromptOverrides,
): readonly VerifierSpec[] {
  if (definition.wantsScored === "steps") {
    const scorer = STEP_SCORERS.find((name) => {
      const verifier = findVerifier(name);
      return verifier?.refusal(problem, traitsOf(model), bookOf(verifier, own)) === null;
    });
    if (scorer !== undefined) return [...automatic, specOf(scorer)];
  }
  if (automatic.length > 0 || definition.wantsScored === "nothing") return automatic;
  return [specOf("agreement")];
}

/** Who scores steps where nobody is named, the first that can. */
const STEP_SCORERS = ["judge", "value"];

/** A verifier's prompts as far as somebody replaces them; one that is at fault is told about later. */
function bookOf({ prompts }: VerifierDefinition, own: PromptOverrides): PromptBook {
  const book = resolvePrompts(prompts, own, {});
  return book.ok ? book.value : {};
}

function traitsOf(model: ModelConfig): Pick<Model, "name" | "capabilities"> {
  return { name: model.id, capabilities: model.capabilities };
}

function specOf(type: string): VerifierSpec {
  return { type, weight: 1 };
}
