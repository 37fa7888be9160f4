import type { Limits } from "./core/budget.ts";
import type { MethodDefinition } from "./core/method.ts";
import type { Model } from "./core/model.ts";
import type { Sampling } from "./core/policy.ts";
import type { Problem } from "./core/problem.ts";
import { fail, type Result, succeed } from "./core/result.ts";
import type { SelectionName } from "./core/selection.ts";
import type { VerifierDefinition } from "./core/verifier.ts";
import { METHODS } from "./methods/index.ts";
import { findModel, type ModelConfig, type ProviderConfig } from "./providers/config.ts";
import { issueToError, parseSearchObject } from "./search-object.ts";
import { VERIFIERS } from "./verifiers/index.ts";

/**
 * Everything that decides how one search runs, as plain JSON: names, parameters and a seed. It is stored in the first
 * event of the log, so that a search resumes after a crash, a deploy or a year exactly as it was asked.
 */
export interface Recipe {
  /** The public model id the client asked for. */
  readonly model: string;
  /** A name in `methods/index.ts`. */
  readonly method: string;
  /** Validated by the method's own schema, defaults filled in. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly verifiers: readonly VerifierSpec[];
  /** Null: the method's own choice. */
  readonly selection: SelectionName | null;
  readonly limits: Limits;
  /** Steps in flight at most. */
  readonly width: number;
  readonly seed: number;
  readonly sampling: Sampling;
  /** What was decided for the client and why, e.g. "no_verifier"; null when nothing was. */
  readonly note: string | null;
  readonly clamped: readonly string[];
}

export interface VerifierSpec {
  /** A name in `verifiers/index.ts`. */
  readonly type: string;
  /** Share in the weighted mean of estimates, > 0. */
  readonly weight: number;
}

/** A request's fault, in the words of OpenAI's error object. */
export interface RecipeError {
  readonly code:
    | "unknown_parameter"
    | "invalid_value"
    | "invalid_type"
    | "integer_above_max_value"
    | "integer_below_min_value"
    | "unsupported_value"
    | "model_not_found";
  readonly message: string;
  /** Path in the request body, e.g. "search.budget.max_rollouts". */
  readonly param: string;
}

export interface RecipeInput {
  readonly problem: Problem;
  readonly model: string;
  /** The request's `search`, as it came; undefined or null where there is none. */
  readonly search: unknown;
  readonly sampling: Sampling;
  readonly seed: number;
}

/** Turns a request into a recipe: strict about `search`, and every choice the client left open is made here. */
export function createRecipe(input: RecipeInput, providers: readonly ProviderConfig[]): Result<Recipe, RecipeError> {
  const found = findModel(providers, input.model);
  if (found === null) return fail(modelNotFound(input.model));
  const parsed = parseSearchObject(input.search);
  if (!parsed.ok) return parsed;
  const search = parsed.value;

  const automatic = automaticVerifiers(input.problem, found.model);
  const chosen = chooseMethod(search.method, automatic);
  if (!chosen.ok) return chosen;
  const { definition, note } = chosen.value;
  const verifiers = chooseVerifiers(search.verifier, definition, automatic, input.problem, found.model);
  if (!verifiers.ok) return verifiers;
  const params = definition.parse(search.params ?? {});
  if (!params.ok) return fail(issueToError(params.error[0], "search.params"));

  const isDiverse = definition.name !== NO_SEARCH;
  const isFrozen = isDiverse && input.sampling.temperature === 0;
  return succeed({
    model: input.model,
    method: definition.name,
    params: params.value,
    verifiers: verifiers.value,
    selection: search.selection,
    limits: isDiverse ? withDefaultLimits(search.limits) : search.limits,
    width: search.width,
    seed: input.seed,
    // At temperature 0 all candidates would be one and the same: the search explores at 1 and says so.
    sampling: isFrozen ? { ...input.sampling, temperature: 1 } : input.sampling,
    note: isFrozen ? "temperature_raised" : note,
    clamped: [],
  });
}

/** Exact checkers that apply to this problem: what makes a search worth its price without the client's saying so. */
function automaticVerifiers(problem: Problem, model: ModelConfig): readonly VerifierSpec[] {
  const fitting = VERIFIERS.filter((one) => one.isExact && one.refusal(problem, traitsOf(model)) === null);
  return fitting.map(({ name }) => specOf(name));
}

/** The method that does not search. */
const NO_SEARCH = "single";
/** What the service searches with where the choice is its own. */
const DEFAULT_SEARCH = "mcts";

function chooseMethod(
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

function chooseVerifiers(
  asked: readonly VerifierSpec[] | null,
  definition: MethodDefinition,
  automatic: readonly VerifierSpec[],
  problem: Problem,
  model: ModelConfig,
): Result<readonly VerifierSpec[], RecipeError> {
  if (asked === null) return succeed(defaultVerifiers(definition, automatic, problem, model));
  for (const { type } of asked) {
    const verifier = findVerifier(type);
    if (verifier === null) return fail(unknownName("search.verifier", type, VERIFIERS));
    const refusal = verifier.refusal(problem, traitsOf(model));
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

/** What the method wants scored: by the exact checkers; steps also by the judge, answers failing all else by agreement. */
function defaultVerifiers(
  definition: MethodDefinition,
  automatic: readonly VerifierSpec[],
  problem: Problem,
  model: ModelConfig,
): readonly VerifierSpec[] {
  const canJudge = findVerifier("judge")?.refusal(problem, traitsOf(model)) === null;
  if (definition.wantsScored === "steps" && canJudge) return [...automatic, specOf("judge")];
  if (automatic.length > 0 || definition.wantsScored === "nothing") return automatic;
  return [specOf("agreement")];
}

function traitsOf(model: ModelConfig): Pick<Model, "name" | "capabilities"> {
  return { name: model.id, capabilities: model.capabilities };
}

function specOf(type: string): VerifierSpec {
  return { type, weight: 1 };
}

/**
 * Wall time of a search that sets no limit: above it LlamaIndex gives up on headers (60 s, WIRE.md decision 5). A single
 * call has none: it takes what the provider takes, as it would without us.
 */
const DEFAULT_WALL_MS = 55_000;

/**
 * A tree search whose steps never add up to a candidate would call on and on, as no rollout is ever completed. Generous:
 * the methods' own use is some 10 to 50 calls a rollout (docs/methods/mcts.md).
 */
const DEFAULT_CALLS_PER_ROLLOUT = 64;

function withDefaultLimits(limits: Limits): Limits {
  const calls = DEFAULT_CALLS_PER_ROLLOUT * (limits.rollouts ?? DEFAULT_ROLLOUTS);
  return { milliseconds: DEFAULT_WALL_MS, calls, ...limits };
}

/** Completed candidates where the request sets no limit. */
export const DEFAULT_ROLLOUTS = 16;

export function findMethod(name: string): MethodDefinition | null {
  return METHODS.find((method) => method.name === name) ?? null;
}

export function findVerifier(name: string): VerifierDefinition | null {
  return VERIFIERS.find((verifier) => verifier.name === name) ?? null;
}

export function modelNotFound(model: string): RecipeError {
  return {
    code: "model_not_found",
    message: `The model \`${model}\` does not exist or you do not have access to it.`,
    param: "model",
  };
}

export function unknownName(param: string, name: string, list: readonly { readonly name: string }[]): RecipeError {
  const known = list.map((one) => one.name).join(", ");
  return { code: "invalid_value", message: `Invalid value: '${name}'. Supported values are: ${known}.`, param };
}
