import type { SearchSummary } from "../../../durable-objects/search-tree/protocol.ts";
import { fail, type Result, succeed } from "../../core/result.ts";
import { providersOf, scorersOf } from "../../env.ts";
import { createRecipe } from "../../recipe.ts";
import { MAX_BODY_BYTES } from "../body.ts";
import type { ChatRequest } from "../chat-completions/request.ts";
import { waitForResult } from "../chat-completions/wait.ts";
import type { AppContext } from "../context.ts";
import type { ApiError } from "../errors.ts";
import { createSearchId } from "./search-id.ts";
import { searchStub } from "./search-stub.ts";

export interface StartedSearch {
  readonly searchId: string;
  readonly createdAtMs: number;
}

/** Whatever starts a search goes through here: the request becomes a recipe, and the search's own object owns the run. */
export async function startSearch(
  context: AppContext,
  request: Pick<ChatRequest, "model" | "problem" | "sampling" | "seed" | "search">,
  kept: KeptText = {},
): Promise<Result<StartedSearch, ApiError>> {
  const seed = request.seed ?? drawSeed();
  const recipe = createRecipe({ ...request, seed }, providersOf(context.env), scorersOf(context.env));
  if (!recipe.ok) {
    const { code, message, param } = recipe.error;
    return code === "model_not_found"
      ? fail({ type: "model-not-found", model: request.model })
      : fail({ type: "invalid-parameter", code, message, param });
  }
  const searchId = createSearchId();
  const tenantId = context.get("tenant").id;
  const createdAtMs = Date.now();
  const problemJson = new TextEncoder().encode(JSON.stringify(request.problem));
  // Only a conversation that grew over several requests, or numbers written short, come to more than a body may have.
  if (problemJson.byteLength > MAX_PROBLEM_BYTES) return fail({ type: "body-too-large", limitBytes: MAX_BODY_BYTES });
  const input = { searchId, tenantId, recipe: recipe.value, problemJson, createdAtMs, ...kept };
  const started = await searchStub(context.env, tenantId, searchId).start(input);
  if (!started.ok) {
    const { message, param } = started;
    return fail({ type: "invalid-parameter", code: "invalid_value", message, param });
  }
  context.header("x-search-id", searchId);
  return succeed({ searchId, createdAtMs });
}

/** A call to an object carries 32 MiB. */
const MAX_PROBLEM_BYTES = 30 * 1024 * 1024;

/** What is kept beside the search for later requests; absent where nothing is to be found again. */
interface KeptText {
  readonly keptJson?: string;
}

/** The end of a search of this request's tenant. */
export function resultOf(context: AppContext, searchId: string): Promise<SearchSummary> {
  return waitForResult(context.env, context.get("tenant").id, searchId);
}

/** Could the search serve something if it had to end now? */
export function hasCandidate(context: AppContext, searchId: string): Promise<boolean> {
  return searchStub(context.env, context.get("tenant").id, searchId)
    .hasCandidate()
    .catch(() => false);
}

/** An integer in [0, 2^31): any other client can send it back as its `seed`. */
function drawSeed(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) >>> 1;
}
