import type { MethodDefinition } from "./core/method.ts";
import type { Problem } from "./core/problem.ts";
import type { PromptBook } from "./core/prompt.ts";
import { fail, type Result, succeed } from "./core/result.ts";
import type { ModelTraits, VerifierDefinition } from "./core/verifier.ts";
import { findMethod, findVerifier, modelNotFound, unknownName } from "./lists.ts";
import { METHODS } from "./methods/index.ts";
import { type PromptOverrides, resolvePrompts } from "./prompts.ts";
import { findModel, type ModelConfig, type ProviderConfig } from "./providers/config.ts";
import type { Scorers } from "./providers/scorers.ts";
import type { RecipeError, VerifierSpec } from "./recipe.ts";
import { absentScorer } from "./scorers.ts";
import { type AskedVerifier, issueToError } from "./search-object.ts";
import { VERIFIERS } from "./verifiers/index.ts";

/** What is chosen for a request that leaves it open: the method, and who scores. */

/** Exact checkers that apply to this problem: what makes a search worth its price without the client's saying so. */
export function automaticVerifiers(problem: Problem, model: ModelConfig): readonly VerifierSpec[] {
  const fitting = VERIFIERS.filter((one) => one.isAutomatic && isUsable(one, problem, model, {}));
  return fitting.map(({ name }) => specOf(name));
}

/** The method that does not search. */
export const NO_SEARCH = "single";
/** What the service searches with where the choice is its own. */
const DEFAULT_SEARCH = "mcts";

/** The most that can be made of candidates which nobody can tell apart: a vote (ALGORITHMS.md 4.13). */
const UNVERIFIED_SEARCH = "self-consistency";
/** What the service searches with where a verifier of whole answers is all there is. */
const ANSWER_SEARCH = "best-of-n";

export interface ChosenMethod {
  readonly definition: MethodDefinition;
  /** Parameters to run it with; null: the request's. */
  readonly params: unknown;
  readonly note: string | null;
  readonly clamped: readonly string[];
}

/**
 * The method of a request. Without a verifier that can tell better from worse a search mostly costs money: where the
 * choice is ours it is not made unless one is wanted (a preset, several candidates: then by vote); where a method is
 * asked for it is capped at self-consistency. Either is said.
 */
export function chooseMethod(
  name: string,
  automatic: readonly VerifierSpec[],
  asked: readonly AskedVerifier[] | null,
  isWanted: boolean,
): Result<ChosenMethod, RecipeError> {
  const isAutomatic = name === "auto";
  const resolved = isAutomatic ? searchWith(automatic, asked, isWanted) : name;
  const definition = findMethod(resolved);
  if (definition === null) return fail(unknownName("search.method", name, METHODS));
  const isVerified = asked === null ? !isAutomatic || automatic.length > 0 : asked.length > 0;
  const capped = findMethod(UNVERIFIED_SEARCH);
  if (!isVerified && definition.wantsScored !== "nothing" && capped !== null) {
    return succeed({ definition: capped, params: {}, note: "no_verifier", clamped: ["search.method"] });
  }
  return succeed({ definition, params: null, note: isAutomatic && !isVerified ? "no_verifier" : null, clamped: [] });
}

/** The note of a search that was not made for an answer of a few tokens. */
export const SMALL_REQUEST = "small_request";

/** One call instead of whatever search was chosen. */
export function withoutSearch(chosen: ChosenMethod): Result<ChosenMethod, RecipeError> {
  const definition = findMethod(NO_SEARCH);
  if (chosen.definition.name === NO_SEARCH || definition === null) return succeed(chosen);
  return succeed({ definition, params: {}, note: SMALL_REQUEST, clamped: [] });
}

function searchWith(
  automatic: readonly VerifierSpec[],
  asked: readonly AskedVerifier[] | null,
  isWanted: boolean,
): string {
  if (asked === null && automatic.length > 0) return DEFAULT_SEARCH;
  if (asked === null || asked.length === 0) return isWanted ? UNVERIFIED_SEARCH : NO_SEARCH;
  // An exact checker that recognises the problem, or one of partial answers, is what a tree search can be steered by.
  const definitions = asked.map(({ type }) => findVerifier(type));
  const isSteering = definitions.some((one) => one?.isAutomatic || one?.scoresSteps);
  return isSteering ? DEFAULT_SEARCH : ANSWER_SEARCH;
}

/** What a verifier is chosen for. */
export interface VerifierSetting {
  readonly problem: Problem;
  readonly model: ModelConfig;
  /** The model's prompts with the request's over them, and the request's alone. */
  readonly own: PromptOverrides;
  readonly ofRequest: PromptOverrides;
  readonly providers: readonly ProviderConfig[];
  readonly scorers: Scorers;
}

export function chooseVerifiers(
  asked: readonly AskedVerifier[] | null,
  definition: MethodDefinition,
  params: unknown,
  automatic: readonly VerifierSpec[],
  setting: VerifierSetting,
): Result<readonly VerifierSpec[], RecipeError> {
  const { problem, model, own } = setting;
  if (asked === null) return succeed(defaultVerifiers(definition, params, automatic, problem, model, own));
  const chosen: VerifierSpec[] = [];
  for (const one of asked) {
    const spec = specAsked(one, setting);
    if (!spec.ok) return spec;
    chosen.push(spec.value);
  }
  return succeed(chosen);
}

function specAsked(
  { type, weight, params, at }: AskedVerifier,
  { problem, model, own, ofRequest, providers, scorers }: VerifierSetting,
): Result<VerifierSpec, RecipeError> {
  const verifier = findVerifier(type);
  if (verifier === null) return fail(unknownName(at, type, VERIFIERS));
  const parsed = verifier.parse(params);
  if (!parsed.ok) return fail(issueToError(parsed.error[0], at));
  const wants = verifier.wants(parsed.value);
  const absent = absentScorer(wants, scorers, at);
  if (absent !== null) return fail(absent);
  const other = wants.model === undefined ? null : findModel(providers, wants.model);
  if (wants.model !== undefined && other === null) {
    // Not "model_not_found": that is about the request's own model, and a 404.
    return fail({ ...modelNotFound(wants.model), code: "invalid_value", param: `${at}.model` });
  }
  // Another model is asked in its own words, which the search's model may not understand, nor the other way round.
  const book = bookOf(verifier, other === null ? own : { ...other.model.prompts, ...ofRequest });
  const refusal = verifier.refusal(problem, traitsOf(other?.model ?? model), book, parsed.value);
  if (refusal !== null) {
    const message = `The verifier '${type}' cannot be used here: ${refusal}.`;
    return fail({ code: "unsupported_value", message, param: at });
  }
  return succeed({ type, weight, params: parsed.value, ...(other !== null && { prompts: book }) });
}

/**
 * What the method wants scored: by the exact checkers, and by whom the method itself names; steps else also by the judge,
 * or in words where the model gives no log-probabilities; answers failing all else by agreement.
 */
function defaultVerifiers(
  definition: MethodDefinition,
  params: unknown,
  automatic: readonly VerifierSpec[],
  problem: Problem,
  model: ModelConfig,
  own: PromptOverrides,
): readonly VerifierSpec[] {
  const wanted = definition.wantsScoredWith(params);
  const candidates = definition.scorers.length > 0 ? definition.scorers : wanted === "steps" ? STEP_SCORERS : [];
  if (wanted !== "nothing") {
    const scorer = candidates.find((name) => {
      const verifier = findVerifier(name);
      return verifier !== null && isUsable(verifier, problem, model, own);
    });
    if (scorer !== undefined) return [...automatic, specOf(scorer)];
  }
  if (automatic.length > 0 || wanted === "nothing") return automatic;
  return [specOf("agreement")];
}

/** Who scores steps where nobody is named, the first that can. */
const STEP_SCORERS = ["judge", "value"];

/** With its default parameters; one that needs some is nobody's default. */
function isUsable(verifier: VerifierDefinition, problem: Problem, model: ModelConfig, own: PromptOverrides): boolean {
  const parsed = verifier.parse({});
  return parsed.ok && verifier.refusal(problem, traitsOf(model), bookOf(verifier, own), parsed.value) === null;
}

/** A verifier's prompts as far as somebody replaces them; one that is at fault is told about later. */
function bookOf({ prompts }: VerifierDefinition, own: PromptOverrides): PromptBook {
  const book = resolvePrompts(prompts, own, {});
  return book.ok ? book.value : {};
}

function traitsOf(model: ModelConfig): ModelTraits {
  return { name: model.id, capabilities: model.capabilities };
}

function specOf(type: string): VerifierSpec {
  const parsed = findVerifier(type)?.parse({});
  return { type, weight: 1, params: parsed?.ok ? parsed.value : {} };
}
