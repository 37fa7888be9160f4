import type { SearchSummary, StartInput } from "../../../durable-objects/search-tree/protocol.ts";
import { NO_SEARCH } from "../../choices.ts";
import { fail, type Result, succeed } from "../../core/result.ts";
import { NO_OWN_MODELS, type OwnModels } from "../../own-providers.ts";
import { locationOf } from "../../providers/config.ts";
import { HOPS_HEADER, hopsOf } from "../../providers/hops.ts";
import type { Recipe } from "../../recipe.ts";
import { lowest } from "../../search-request/ceilings.ts";
import { MAX_BODY_BYTES } from "../body.ts";
import type { Tell } from "../chat-completions/progress.ts";
import { waitForResult } from "../chat-completions/wait.ts";
import type { AppContext } from "../context.ts";
import type { ApiError } from "../errors.ts";
import type { Tenant } from "../keys/authenticate.ts";
import { prove } from "../middleware/authentication.ts";
import { arrivalOf, timeoutMsOf } from "./arrival.ts";
import { onDisconnectOf } from "./disconnect.ts";
import { openSearch, requestHashOf } from "./open.ts";
import { type PlannedRequest, planSearch } from "./plan.ts";
import { tellProgress } from "./progress.ts";
import { searchStub } from "./search-stub.ts";
import { wantOf } from "./want.ts";

export interface StartedSearch {
  readonly searchId: string;
  readonly createdAtMs: number;
  /** False where the client wants an error if the budget runs out: the status must then wait for the end. */
  readonly servesBest: boolean;
  /** The client wants to be told what the search does, and there is one to tell of. */
  readonly hasProgress: boolean;
}

/**
 * Whatever starts a search goes through here: the request becomes a recipe, and the search's own object owns the run.
 *
 * A tenant's own providers are not known before the tenant is asked, and it is asked for its lease only when the request has
 * been planned. Most tenants have none: so it is planned without, and once more where that turns out to be wrong. Nothing
 * was counted or granted then.
 */
export async function startSearch(
  context: AppContext,
  request: SearchRequest,
  kept: KeptText = {},
): Promise<Result<StartedSearch, ApiError>> {
  let ownModels = (context.get("tenant") as Tenant | undefined)?.ownModels ?? NO_OWN_MODELS;
  for (let plans = 1; ; plans++) {
    const started = await startPlanned(context, request, kept, ownModels);
    if (started.ok || plans === MOST_PLANS) return started;
    const tenant = await prove(context);
    if (!tenant.ok || tenant.value.ownModels.revision === ownModels.revision) return started;
    ownModels = tenant.value.ownModels;
  }
}

/** Without own providers, with them, and once more for who changes them just now. */
const MOST_PLANS = 3;

type SearchRequest = PlannedRequest & Noted;

async function startPlanned(
  context: AppContext,
  request: SearchRequest,
  kept: KeptText,
  ownModels: OwnModels,
): Promise<Result<StartedSearch, ApiError>> {
  const { env, req } = context;
  const planned = await planSearch(context, request, ownModels);
  if (!planned.ok) return planned;
  const { problem, recipe, supply } = planned.value;
  const arrival = arrivalOf(req.raw.headers);
  if (!arrival.ok) return arrival;
  const hops = hopsOf(req.header(HOPS_HEADER) ?? null);
  if (hops === null) return fail({ type: "search-loop" });
  const createdAtMs = Date.now();
  const problemJson = new TextEncoder().encode(JSON.stringify(problem));
  // Only a conversation that grew over several requests, or numbers written short, come to more than a body may have.
  if (problemJson.byteLength > MAX_PROBLEM_BYTES) return fail({ type: "body-too-large", limitBytes: MAX_BODY_BYTES });
  // The drawn seed is no part of what was asked for.
  const order = { ...recipe, seed: request.seed, count: request.count, ...kept };
  const timed = withinTimeout(recipe, timeoutMsOf(req.raw.headers, request.body));
  const onDisconnect = onDisconnectOf(timed.onDisconnect, request.body, arrival.value);
  const note = request.note ?? timed.note;
  const input = {
    recipe: { ...timed, onDisconnect, note, ...(hops > 0 && { hops }) },
    problemJson,
    createdAtMs,
    ...kept,
    ownRevision: ownModels.revision,
  };
  const opened = await openSearch(
    context,
    input,
    wantOf(input.recipe, problem, supply, env),
    arrival.value,
    await requestHashOf(order, problemJson),
    locationOf(supply.providers, recipe.model),
  );
  if (!opened.ok) return opened;
  context.header("x-search-id", opened.value.searchId);
  const { onBudget, reply, method } = recipe;
  const hasProgress = reply?.hasProgress === true && method !== NO_SEARCH;
  return succeed({ ...opened.value, servesBest: onBudget !== "error", hasProgress });
}

/** What was decided while the request was read, for the client to know; weightier than what the recipe notes. */
interface Noted {
  readonly note?: string | null;
}

/** An answer that comes after the client has given up is paid for and lost. */
function withinTimeout(recipe: Recipe, timeoutMs: number | null): Recipe {
  return timeoutMs === null ? recipe : { ...recipe, limits: lowest(recipe.limits, { milliseconds: timeoutMs }) };
}

/** A call to an object carries 32 MiB. */
const MAX_PROBLEM_BYTES = 30 * 1024 * 1024;

/** What is kept beside the search for later requests; absent where nothing is to be found again. */
export type KeptText = Pick<StartInput, "keptJson" | "listing">;

/** The end of a search of this request's tenant, whose object hears of it if the client goes away before. */
export function resultOf(context: AppContext, searchId: string): Promise<SearchSummary> {
  const { env, req } = context;
  const tenantId = context.get("tenant").id;
  const { signal } = req.raw;
  const viewer = { id: crypto.randomUUID(), signal };
  const result = waitForResult(env, tenantId, searchId, viewer);
  const follow = async (): Promise<void> => {
    const isGone = await leavesBefore(result, signal);
    // A stub that threw may be broken for good: a new one.
    const search = searchStub(env, tenantId, searchId);
    if (isGone) return search.leave(viewer.id);
    // Only a client that counts its repetitions can be told from a twin of it.
    if (req.header("x-stainless-retry-count") !== undefined) await search.serve();
  };
  context.executionCtx.waitUntil(follow().catch(() => {}));
  return result;
}

/** Rejects as `result` does. */
async function leavesBefore(result: Promise<unknown>, signal: AbortSignal): Promise<boolean> {
  const left = new Promise<true>((resolve) => {
    if (signal.aborted) resolve(true);
    signal.addEventListener("abort", () => resolve(true), { once: true });
  });
  return Promise.race([left, result.then(() => signal.aborted)]);
}

/** Tells a streamed answer's client what the search does, where it wants to know. */
export function tellerOf(context: AppContext, { searchId, hasProgress }: StartedSearch): Tell {
  if (!hasProgress) return async () => {};
  return async (say) => {
    const events = await searchStub(context.env, context.get("tenant").id, searchId).watch(0);
    if (events !== null) await tellProgress(events, say);
  };
}

/** Will the search serve something, whatever happens from now on? */
export async function isSureToServe(context: AppContext, { searchId, servesBest }: StartedSearch): Promise<boolean> {
  if (!servesBest) return false;
  return searchStub(context.env, context.get("tenant").id, searchId)
    .hasCandidate()
    .catch(() => false);
}
