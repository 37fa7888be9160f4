import type { Problem } from "../../core/problem.ts";
import { fail, type Result, succeed } from "../../core/result.ts";
import { ceilingsOf, scorersOf, supplyOf } from "../../env.ts";
import { type OwnModels, plannedProviders, type Supply, withOwn } from "../../own-providers.ts";
import { configuredId } from "../../providers/listed-id.ts";
import { createRecipe, type Recipe, type RecipeError } from "../../recipe.ts";
import { referenceOf } from "../../search-object.ts";
import { searchOf } from "../../search-request/search-of.ts";
import type { ChatRequest } from "../chat-completions/request.ts";
import type { AppContext } from "../context.ts";
import type { ApiError } from "../errors.ts";
import { withIdentifiers } from "./identifiers.ts";
import { defaultWallMs } from "./wall.ts";

/** What of a request decides how it is searched for. */
export type PlannedRequest = Pick<ChatRequest, "model" | "problem" | "sampling" | "seed" | "count" | "body">;

export interface PlannedSearch {
  /** As providers are asked it. */
  readonly problem: Problem;
  readonly recipe: Recipe;
  /** Who serves its models. */
  readonly supply: Supply;
}

/** The request becomes a recipe, whatever channel says how to search; nothing is started. */
export async function planSearch(
  context: AppContext,
  request: PlannedRequest,
  ownModels: OwnModels,
): Promise<Result<PlannedSearch, ApiError>> {
  const { env, req } = context;
  const supply = withOwn(supplyOf(env), plannedProviders(ownModels));
  const { providers } = supply;
  const channels = { body: request.body, headers: req.raw.headers, path: req.path, model: request.model };
  const asked = searchOf(channels, (id) => configuredId(providers, id));
  if (!asked.ok) return fail(toApiError(asked.error, request.model));
  const { model, search, isSmall, relocate } = asked.value;
  const { tenantCode } = context.get("credential");
  const known = { ...request.problem, reference: referenceOf(search) };
  const problem = await withIdentifiers(known, request.body, tenantCode);
  const recipe = createRecipe(
    {
      problem,
      model,
      search,
      sampling: request.sampling,
      count: request.count,
      seed: request.seed ?? drawSeed(),
      isSmall,
      defaultWallMs: defaultWallMs(request.body),
      ceilings: ceilingsOf(env),
    },
    providers,
    scorersOf(env),
  );
  if (!recipe.ok) return fail(toApiError(relocate(recipe.error), request.model));
  return succeed({ problem, recipe: recipe.value, supply });
}

function toApiError({ code, message, param }: RecipeError, model: string): ApiError {
  return code === "model_not_found"
    ? { type: "model-not-found", model }
    : { type: "invalid-parameter", code, message, param };
}

/** An integer in [0, 2^31): any other client can send it back as its `seed`. */
function drawSeed(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) >>> 1;
}
