import type { SearchSummary } from "../../../durable-objects/search-tree/protocol.ts";
import { readJsonObject } from "../body.ts";
import { searchHeadersOf } from "../chat-completions/completion.ts";
import { resultOrHold, whitespaceThen } from "../chat-completions/keep-alive.ts";
import { failureOf } from "../chat-completions/outcome.ts";
import { streamAnswer } from "../chat-completions/stream.ts";
import { type AppContext, respondWithError } from "../context.ts";
import { followAnswer } from "../searches/live.ts";
import { isSureToServe, resultOf, startSearch } from "../searches/start.ts";
import { STREAM_HEADERS, WHITESPACE_HEADERS } from "../stream-headers.ts";
import { unknownParameter } from "../strict-parameters.ts";
import { parseCompletionRequest } from "./request.ts";
import { createTextChunkWriter, textCompletionOf, textHeadOf } from "./text-completion.ts";

/** POST /v1/completions, OpenAI's legacy endpoint: code editors and evaluations still call it. */
export async function createCompletion(context: AppContext): Promise<Response> {
  const body = await readJsonObject(context.req.raw);
  if (!body.ok) return respondWithError(context, body.error);
  const unknown = unknownParameter("completions", context.req.raw.headers, body.value);
  if (unknown !== null) return respondWithError(context, unknown);
  const parsed = parseCompletionRequest(body.value);
  if (!parsed.ok) return respondWithError(context, parsed.error);
  const { model, count, isStream, hasUsageChunk } = parsed.value;
  const started = await startSearch(context, parsed.value);
  if (!started.ok) return respondWithError(context, started.error);
  const { searchId, createdAtMs } = started.value;
  const head = textHeadOf(searchId, model, createdAtMs);
  const result = resultOf(context, searchId);

  if (isStream) {
    const chunks = createTextChunkWriter(head, count, hasUsageChunk);
    const news = followAnswer(context.env, context.get("tenant").id, searchId);
    return context.body(streamAnswer(chunks, count, result, { news }), 200, STREAM_HEADERS);
  }
  const toJson = (summary: SearchSummary): object => textCompletionOf(head, summary, count);
  const summary = await resultOrHold(result, () => isSureToServe(context, started.value));
  if (summary === null) return context.body(whitespaceThen(result, toJson), 200, WHITESPACE_HEADERS);
  const failure = failureOf(summary);
  if (failure !== null) return respondWithError(context, failure);
  return context.json(toJson(summary), 200, searchHeadersOf(summary));
}
