import type { SearchSummary } from "../../../durable-objects/search-tree/protocol.ts";
import { readJsonObject } from "../body.ts";
import { type AppContext, respondWithError } from "../context.ts";
import { liftBackground, startInBackground } from "../searches/background.ts";
import { followAnswer } from "../searches/live.ts";
import { isSureToServe, resultOf, startSearch, tellerOf } from "../searches/start.ts";
import { STREAM_HEADERS, WHITESPACE_HEADERS } from "../stream-headers.ts";
import { unknownParameter } from "../strict-parameters.ts";
import { createChunkWriter } from "./chunks.ts";
import { completionOf, headOf, searchHeadersOf } from "./completion.ts";
import { resultOrHold, whitespaceThen } from "./keep-alive.ts";
import { failureOf } from "./outcome.ts";
import { parseChatRequest } from "./request.ts";
import { toKeep } from "./stored/kept.ts";
import { streamAnswer } from "./stream.ts";

/** POST /v1/chat/completions. */
export async function createChatCompletion(context: AppContext): Promise<Response> {
  const body = await readJsonObject(context.req.raw);
  if (!body.ok) return respondWithError(context, body.error);
  const unknown = unknownParameter("chat", context.req.raw.headers, body.value);
  if (unknown !== null) return respondWithError(context, unknown);
  const parsed = parseChatRequest(liftBackground(body.value));
  if (!parsed.ok) return respondWithError(context, parsed.error);
  const request = parsed.value;
  if (request.isBackground && !request.isStream) return startInBackground(context, request);
  const kept = toKeep(request);
  if (!kept.ok) return respondWithError(context, kept.error);
  const started = await startSearch(context, request, kept.value);
  if (!started.ok) return respondWithError(context, started.error);
  const { searchId, createdAtMs } = started.value;
  const head = headOf(searchId, request.model, createdAtMs, request.isLegacy);
  const result = resultOf(context, searchId);

  if (request.isStream) {
    const chunks = createChunkWriter(head, request.count, request.hasUsageChunk);
    return context.body(
      streamAnswer(chunks, request.count, result, {
        tell: tellerOf(context, started.value),
        news: followAnswer(context.env, context.get("tenant").id, searchId),
      }),
      200,
      STREAM_HEADERS,
    );
  }
  const { listing } = kept.value;
  const toJson = (summary: SearchSummary): object => ({
    ...completionOf(head, summary, request.count),
    ...(listing !== undefined && { metadata: listing.metadata }),
  });
  const summary = await resultOrHold(result, () => isSureToServe(context, started.value));
  if (summary === null) return context.body(whitespaceThen(result, toJson), 200, WHITESPACE_HEADERS);
  const failure = failureOf(summary);
  if (failure !== null) return respondWithError(context, failure);
  return context.json(toJson(summary), 200, searchHeadersOf(summary));
}
