import {
  automaticVerifiers,
  chooseMethod,
  chooseVerifiers,
  NO_SEARCH,
  SMALL_REQUEST,
  withoutSearch,
} from "./choices.ts";
import type { AnswerSource } from "./core/answer/answer.ts";
import type { Limits } from "./core/budget.ts";
import type { EarlyStop } from "./core/early-stop.ts";
import { EXPLORATION_TEMPERATURE } from "./core/greedy-first.ts";
import type { MethodDefinition } from "./core/method.ts";
import type { Sampling } from "./core/policy.ts";
import type { Problem } from "./core/problem.ts";
import type { PromptBook, PromptDefinition } from "./core/prompt.ts";
import { fail, type Result, succeed } from "./core/result.ts";
import type { VerifierDefinition } from "./core/verifier.ts";
import {
  allPrompts,
  comparatorNamed,
  comparatorsOf,
  findVerifier,
  isVerifierDefinition,
  modelNotFound,
  promptsOf,
} from "./lists.ts";
import { tokenFault } from "./log-probabilities.ts";
import { hashPrompts, type PromptOverrides, resolvePrompts } from "./prompts.ts";
import { findModel, type ProviderConfig } from "./providers/config.ts";
import { NO_SCORERS, type Scorers } from "./providers/scorers.ts";
import { checkRequirements, type Emulation } from "./requirements.ts";
import { issueToError, type OnDisconnect, parseSearchObject, type Reply, type SearchObject } from "./search-object.ts";
import { type Ceilings, DEFAULT_CEILINGS, lowest, pick, underCeilings } from "./search-request/ceilings.ts";
import { DEFAULT_MAX_ROLLOUTS } from "./search-request/presets.ts";
import { FORM_GATES } from "./verifiers/form-gates/index.ts";

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
  readonly selection: string | null;
  /** Where the final answer of a candidate is. */
  readonly answer: AnswerSource;
  /** Prompts that the model's configuration or the request replaces; all others are this version's own. */
  readonly prompts: PromptBook;
  /** Of every prompt this search may use: which words the tree was grown with. */
  readonly promptHashes: Readonly<Record<string, string>>;
  /** What the method needs of the provider and has to be imitated. */
  readonly emulated: readonly Emulation[];
  readonly limits: Limits;
  /** Steps in flight at most. */
  readonly width: number;
  readonly seed: number;
  readonly sampling: Sampling;
  /** What was decided for the client and why, e.g. "no_verifier"; null when nothing was. */
  readonly note: string | null;
  readonly clamped: readonly string[];
  /** Absent in recipes from before it could be asked for, as are the next two. */
  readonly earlyStop?: EarlyStop;
  readonly onBudget?: "best" | "error";
  readonly reply?: Reply;
  /** What whole answers have to pass: names in `verifiers/form-gates/index.ts`, in the order in which they are asked. */
  readonly formGates?: readonly string[];
  /** The first whole answer at temperature 0, all else at `sampling.temperature`. */
  readonly isGreedyFirst?: boolean;
  /** What becomes of it when nobody waits for it any more; absent in older recipes: it is finished. */
  readonly onDisconnect?: OnDisconnect;
  /** How many searches lie behind the request (providers/hops.ts); absent: none. */
  readonly hops?: number;
}

export interface VerifierSpec {
  /** A name in `verifiers/index.ts`. */
  readonly type: string;
  /** Share in the weighted mean of estimates, > 0. */
  readonly weight: number;
  /** Validated by the verifier's own schema, defaults filled in. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Where it asks another model: that model's own prompts, with the request's over them. The recipe's where absent. */
  readonly prompts?: PromptBook;
}

/** A request's fault, in the words of OpenAI's error object. */
export interface RecipeError {
  readonly code:
    | "unknown_parameter"
    | "invalid_value"
    | "invalid_type"
    | "integer_above_max_value"
    | "integer_below_min_value"
    | "string_above_max_length"
    | "string_below_min_length"
    | "array_above_max_length"
    | "array_below_min_length"
    | "unsupported_value"
    | "unsupported_parameter"
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
  readonly ceilings?: Ceilings;
  /** Answers to return, the request's `n`: 1 where absent. */
  readonly count?: number;
  /** So few tokens are wanted that no search is made which the request itself does not ask for. */
  readonly isSmall?: boolean;
  /** Wall time of a search for which none is asked; 55 s where absent. */
  readonly defaultWallMs?: number;
}

/** Turns a request into a recipe: strict about `search`, and every choice the client left open is made here. */
export function createRecipe(
  input: RecipeInput,
  providers: readonly ProviderConfig[],
  scorers: Scorers = NO_SCORERS,
): Result<Recipe, RecipeError> {
  const found = findModel(providers, input.model);
  if (found === null) return fail(modelNotFound(input.model));
  const parsed = parseSearchObject(input.search);
  if (!parsed.ok) return parsed;
  const search = parsed.value;

  const formGates = formGatesOf(input.problem);
  if (!formGates.ok) return formGates;
  const automatic = automaticVerifiers(input.problem, found.model);
  const open = chooseMethod(search.method, automatic, search.verifier, search.isWanted);
  const chosen = input.isSmall === true && open.ok ? withoutSearch(open.value) : open;
  if (!chosen.ok) return chosen;
  const { definition, note, clamped } = chosen.value;
  const count = input.count ?? 1;
  const asked = chosen.value.params ?? search.params ?? {};
  // Without a search `n` means what it means without us: so many samples in one call.
  const given = definition.name === NO_SEARCH && count > 1 ? { samples: count, ...asked } : asked;
  const params = paramsOf(definition, given, search, providers);
  if (!params.ok) return params;

  // Each prompt by itself first: one at fault must not make somebody else be chosen in its owner's place.
  const replaced = allPrompts().filter(({ name }) => search.prompts[name] !== undefined);
  const readable = resolvePrompts(replaced, found.model.prompts, onlyThose(search.prompts, replaced));
  if (!readable.ok) return readable;
  // The prompts decide what a verifier can do with this model, and the verifiers which prompts there are: the request's
  // own are therefore looked at twice, first as they stand.
  const own = { ...found.model.prompts, ...search.prompts };
  const setting = { problem: input.problem, model: found.model, own, ofRequest: search.prompts, providers, scorers };
  const verifiers = chooseVerifiers(search.verifier, definition, params.value, automatic, setting);
  if (!verifiers.ok) return verifiers;
  const definitions = verifiers.value.map(({ type }) => findVerifier(type)).filter(isVerifierDefinition);
  const used = promptsOf(definition, params.value, definitions, search.selection);
  const prompts = resolvePrompts(used.all, found.model.prompts, search.prompts);
  if (!prompts.ok) return prompts;
  const emulated = checkRequirements({
    definition,
    params: params.value,
    model: found.model,
    verifiers: verifiers.value.map(traitsOfVerifier),
    policyPrompts: used.ofPolicies,
    comparators: Object.values(comparatorsOf(definition, params.value, search.selection)).map(comparatorNamed),
    problem: input.problem,
    prompts: prompts.value,
  });
  if (!emulated.ok) return emulated;

  const ceilings = input.ceilings ?? DEFAULT_CEILINGS;
  // A preset that came with the model or the effort was meant for a search.
  const limits = note === SMALL_REQUEST ? {} : search.limits;
  const allowed = underCeilings({ ...search, limits }, ceilings, search.onBudget);
  if (!allowed.ok) return allowed;

  const isDiverse = definition.name !== NO_SEARCH;
  const planned = isDiverse
    ? withDefaultLimits(allowed.value.limits, count, ceilings, input.defaultWallMs ?? DEFAULT_WALL_MS)
    : ofOneCall(allowed.value.limits, ceilings);
  const wish = {
    sampling: input.sampling,
    definition,
    params: params.value,
    models: [input.model, ...definition.models(params.value)],
    candidates: isDiverse ? (planned.rollouts ?? DEFAULT_ROLLOUTS) : count,
  };
  const fault = tokenFault(wish, providers);
  if (fault !== null) return fail(fault);
  const isFrozen = isDiverse && input.sampling.temperature === 0;
  return succeed({
    model: input.model,
    method: definition.name,
    params: params.value,
    verifiers: verifiers.value,
    selection: search.selection,
    answer: search.answer,
    prompts: prompts.value,
    promptHashes: { ...hashPrompts(used.all, prompts.value), ...hashesOfOthers(verifiers.value) },
    emulated: emulated.value,
    limits: planned,
    width: allowed.value.width,
    seed: input.seed,
    // At temperature 0 all candidates would be one and the same: one is, the others explore, and that is said.
    sampling: isFrozen ? { ...input.sampling, temperature: EXPLORATION_TEMPERATURE } : input.sampling,
    note: isFrozen ? "temperature_raised" : note,
    clamped: [...clamped, ...allowed.value.clamped],
    earlyStop: search.earlyStop,
    onBudget: search.onBudget,
    reply: search.reply,
    formGates: formGates.value,
    isGreedyFirst: isFrozen,
    ...(search.onDisconnect !== null && { onDisconnect: search.onDisconnect }),
  });
}

/** The gates that the form of the request asks for. */
function formGatesOf(problem: Problem): Result<readonly string[], RecipeError> {
  const asked = FORM_GATES.filter((gate) => gate.isAsked(problem));
  for (const gate of asked) {
    const fault = gate.fault(problem);
    if (fault !== null) return fail({ code: "invalid_value", ...fault });
  }
  return succeed(asked.map(({ name }) => name));
}

/** The method's own parameters, with the models that `search.models` gives to a method that can use them. */
function paramsOf(
  definition: MethodDefinition,
  params: object,
  { models }: SearchObject,
  providers: readonly ProviderConfig[],
): Result<Readonly<Record<string, unknown>>, RecipeError> {
  const isByField = models.length > 0;
  const refuse = (message: string): Result<never, RecipeError> =>
    fail({ code: "unsupported_value", message, param: "search.models" });
  if (isByField && "models" in params) return refuse("Give either 'search.models' or 'search.params.models'.");
  const parsed = definition.parse(isByField ? { ...params, models } : params);
  if (!parsed.ok) {
    const isUnknown = isByField && parsed.error.some(({ keys }) => keys?.includes("models"));
    if (isUnknown) return refuse(`The method '${definition.name}' does not take 'search.models'.`);
    return fail(issueToError(parsed.error[0], "search.params"));
  }
  for (const id of definition.models(parsed.value)) {
    if (findModel(providers, id) !== null) continue;
    const param = isByField ? `search.models[${models.indexOf(id)}]` : placeOf(id, parsed.value);
    // Not "model_not_found": that is about the request's own model, and a 404.
    return fail({ ...modelNotFound(id), code: "invalid_value", param });
  }
  return parsed;
}

/** The parameter that names this model, by itself or in a list. */
function placeOf(id: string, params: Readonly<Record<string, unknown>>): string {
  for (const [name, value] of Object.entries(params)) {
    if (value === id) return `search.params.${name}`;
    if (Array.isArray(value) && value.includes(id)) return `search.params.${name}[${value.indexOf(id)}]`;
  }
  return "search.params";
}

function onlyThose(prompts: PromptOverrides, definitions: readonly PromptDefinition[]): PromptOverrides {
  const names = new Set(definitions.map(({ name }) => name));
  return Object.fromEntries(Object.entries(prompts).filter(([name]) => names.has(name)));
}

function traitsOfVerifier({ type, params }: VerifierSpec): Pick<VerifierDefinition, "isExact" | "scoresSteps"> {
  const definition = findVerifier(type);
  return {
    isExact: definition?.isExact ?? false,
    scoresSteps: definition?.scoresStepsWith(params) ?? false,
  };
}

/** The prompts of verifiers that ask another model, as "judge@espalier/other". */
function hashesOfOthers(verifiers: readonly VerifierSpec[]): Readonly<Record<string, string>> {
  const hashes = verifiers.flatMap(({ type, params, prompts }) => {
    const definition = findVerifier(type);
    const model = definition?.wants(params).model;
    if (definition === null || model === undefined || prompts === undefined) return [];
    return Object.entries(hashPrompts(definition.prompts, prompts)).map(([name, hash]) => [`${name}@${model}`, hash]);
  });
  return Object.fromEntries(hashes);
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

function withDefaultLimits(limits: Limits, count: number, ceilings: Ceilings, wallMs: number): Limits {
  const rollouts = limits.rollouts ?? Math.max(DEFAULT_MAX_ROLLOUTS, count);
  const calls = DEFAULT_CALLS_PER_ROLLOUT * rollouts;
  return lowest({ milliseconds: wallMs, rollouts, calls, ...limits }, ceilings.limits);
}

/** Of the ceilings only what spends: it has one call and one candidate, and takes its time. */
function ofOneCall(limits: Limits, ceilings: Ceilings): Limits {
  return lowest(limits, pick(ceilings.limits, ["tokens", "microdollars"]));
}

/** Completed candidates that a recipe without such a limit was planned for, from when there were such recipes. */
export const DEFAULT_ROLLOUTS = 16;
