import type { SearchSummary } from "../../../durable-objects/search-tree/protocol.ts";
import { providersOf, scorersOf } from "../../env.ts";
import { createRecipe } from "../../recipe.ts";
import { readJsonObject } from "../body.ts";
import { type AppContext, respondWithError } from "../context.ts";
import { createSearchId } from "../searches/search-id.ts";
import { searchStub } from "../searches/search-stub.ts";
import { createChunkWriter } from "./chunks.ts";
import { completionOf, headOf, searchHeadersOf } from "./completion.ts";
import { resultOrHold, whitespaceThen } from "./keep-alive.ts";
import { failureOf } from "./outcome.ts";
import { parseChatRequest } from "./request.ts";
import { streamAnswer } from "./stream.ts";
import { waitForResult } from "./wait.ts";

/** POST /v1/chat/completions. */
export async function createChatCompletion(context: AppContext): Promise<Response> {
  const body = await readJsonObject(context.req.raw);
  if (!body.ok) return respondWithError(context, body.error);
  const parsed = parseChatRequest(body.value);
  if (!parsed.ok) return respondWithError(context, parsed.error);
  const request = parsed.value;
  const seed = request.seed ?? drawSeed();
  const recipe = createRecipe({ ...request, seed }, providersOf(context.env), scorersOf(context.env));
  if (!recipe.ok) {
    const { code, message, param } = recipe.error;
    return code === "model_not_found"
      ? respondWithError(context, { type: "model-not-found", model: request.model })
      : respondWithError(context, { type: "invalid-parameter", code, message, param });
  }

  const searchId = createSearchId();
  const tenantId = context.get("tenant").id;
  const createdAtMs = Date.now();
  const stub = searchStub(context.env, tenantId, searchId);
  const problemJson = new TextEncoder().encode(JSON.stringify(request.problem));
  const started = await stub.start({ searchId, tenantId, recipe: recipe.value, problemJson, createdAtMs });
  if (!started.ok) {
    const { message, param } = started;
    return respondWithError(context, { type: "invalid-parameter", code: "invalid_value", message, param });
  }
  context.header("x-search-id", searchId);
  const head = headOf(searchId, request.model, createdAtMs);
  const result = waitForResult(context.env, tenantId, searchId);

  if (request.isStream) {
    const chunks = createChunkWriter(head, request.count, request.hasUsageChunk);
    return context.body(streamAnswer(chunks, request.count, result), 200, STREAM_HEADERS);
  }
  const toJson = (summary: SearchSummary): object => completionOf(head, summary, request.count);
  const hasCandidate = (): Promise<boolean> =>
    searchStub(context.env, tenantId, searchId)
      .hasCandidate()
      .catch(() => false);
  const summary = await resultOrHold(result, hasCandidate);
  if (summary === null) return context.body(whitespaceThen(result, toJson), 200, WHITESPACE_HEADERS);
  const failure = failureOf(summary);
  if (failure !== null) return respondWithError(context, failure);
  return context.json(toJson(summary), 200, searchHeadersOf(summary));
}

/** An integer in [0, 2^31): any other client can send it back as its `seed`. */
function drawSeed(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) >>> 1;
}

/** Never negotiated by Accept: the SDKs ask for application/json and mean a stream (WIRE.md 1.4). */
const STREAM_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
};

/** Not compressed: gzip swallows the whitespace until the end (measured), and nothing keeps the connection alive. */
const WHITESPACE_HEADERS = {
  "content-type": "application/json",
  "content-encoding": "identity",
  "cache-control": "no-cache, no-transform",
};
