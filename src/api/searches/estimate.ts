import { type Estimate, estimateOf, type Planned } from "../../estimate.ts";
import { microdollarsToDollars } from "../../ledger/money.ts";
import { targetsOf } from "../../providers/target.ts";
import type { Recipe } from "../../recipe.ts";
import { readJsonObject } from "../body.ts";
import { parseChatRequest } from "../chat-completions/request.ts";
import { type AppContext, respondWithError } from "../context.ts";
import { unknownParameter } from "../strict-parameters.ts";
import { type PlannedSearch, planSearch } from "./plan.ts";
import { setupOf } from "./want.ts";

/** POST /v1/search/estimate: what the same body would come to as a chat completion. Nothing is asked of any provider. */
export async function estimateSearch(context: AppContext): Promise<Response> {
  const body = await readJsonObject(context.req.raw);
  if (!body.ok) return respondWithError(context, body.error);
  const unknown = unknownParameter("chat", context.req.raw.headers, body.value);
  if (unknown !== null) return respondWithError(context, unknown);
  const request = parseChatRequest(body.value);
  if (!request.ok) return respondWithError(context, request.error);
  const planned = await planSearch(context, request.value, context.get("tenant").ownModels);
  if (!planned.ok) return respondWithError(context, planned.error);
  const { recipe, problem, supply } = planned.value;
  const setup = setupOf(recipe, problem, supply, context.env);
  return context.json(estimateToWire(recipe, estimateOf(setup, recipe, attemptsOf(planned.value))));
}

/** A step is tried three times (retry.ts), each time at every provider of the model, and at each twice where it hedges. */
function attemptsOf({ recipe, supply }: PlannedSearch): number {
  const providers = Math.max(1, targetsOf(supply.providers, recipe.model).length);
  return TRIES * providers * (supply.routing(recipe.model).hedge === null ? 1 : 2);
}

const TRIES = 3;

function estimateToWire(recipe: Recipe, { first, plan, worst }: Estimate) {
  const { model, method, width, limits, verifiers, clamped, note } = recipe;
  const dollars = (microdollars: number | undefined) =>
    microdollars === undefined ? null : microdollarsToDollars(microdollars);
  const toWire = ({ calls, tokens, microdollars, criticalPathCalls }: Planned) => ({
    model_calls: calls,
    total_tokens: tokens,
    cost_usd: dollars(microdollars),
    critical_path_calls: criticalPathCalls,
  });
  return {
    object: "search.estimate",
    model,
    method,
    verifiers: verifiers.map(({ type }) => type),
    max_parallel: width,
    budget: {
      max_rollouts: limits.rollouts ?? null,
      max_model_calls: limits.calls ?? null,
      max_total_tokens: limits.tokens ?? null,
      max_cost_usd: dollars(limits.microdollars),
      max_wall_ms: limits.milliseconds ?? null,
    },
    first_call: { total_tokens: first.tokens, cost_usd: dollars(first.microdollars) },
    plan: plan === null ? null : toWire(plan),
    worst_case: toWire(worst),
    clamped,
    note,
  };
}
