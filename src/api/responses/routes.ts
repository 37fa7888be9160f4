import type { SearchSummary } from "../../../durable-objects/search-tree/protocol.ts";
import { fail, type Result, succeed } from "../../core/result.ts";
import { readJsonObject } from "../body.ts";
import { searchHeadersOf } from "../chat-completions/completion.ts";
import { resultOrHold, whitespaceThen } from "../chat-completions/keep-alive.ts";
import type { LiveNews } from "../chat-completions/live-news.ts";
import { failureOf } from "../chat-completions/outcome.ts";
import { parseChatRequest } from "../chat-completions/request.ts";
import { type AppContext, respondWithError } from "../context.ts";
import type { ApiError } from "../errors.ts";
import { proveFor } from "../middleware/authentication.ts";
import { pageOf, parsePageQuery } from "../paging.ts";
import { followAnswer } from "../searches/live.ts";
import { isSureToServe, resultOf, type StartedSearch, startSearch } from "../searches/start.ts";
import { STREAM_HEADERS, WHITESPACE_HEADERS } from "../stream-headers.ts";
import { unknownParameter } from "../strict-parameters.ts";
import { messagesToItems } from "./input-items.ts";
import { parseResponseRequest, type ResponseRequest, toChatBody } from "./request.ts";
import { openResponse, type ResponseHead, responseOf } from "./response.ts";
import { responseIdOf } from "./response-id.ts";
import { type KeptResponse, MAX_KEPT_LENGTH } from "./settings.ts";
import {
  cancelResponse as cancelStored,
  conversationUpTo,
  deleteResponse as deleteStored,
  findResponse,
  ownMessages,
  type StoredResponse,
  withoutReferences,
} from "./stored.ts";
import { streamResponse } from "./stream.ts";

/** POST /v1/responses. */
export async function createResponse(context: AppContext): Promise<Response> {
  const body = await readJsonObject(context.req.raw);
  if (!body.ok) return respondWithError(context, body.error);
  const unknown = unknownParameter("responses", context.req.raw.headers, body.value);
  if (unknown !== null) return respondWithError(context, unknown);
  const parsed = parseResponseRequest(body.value);
  if (!parsed.ok) return respondWithError(context, parsed.error);
  const request = parsed.value;
  const started = await start(context, request, body.value);
  if (!started.ok) return respondWithError(context, inOwnWords(started.error, request));
  const { searchId, createdAtMs } = started.value;
  const head: ResponseHead = { searchId, createdAtMs, settings: request.settings };

  // Whoever comes back asks the search's own object, which owns the run: nothing of this request is left behind.
  if (request.isBackground && !request.isStream) return context.json(openResponse(head, "queued"));
  const result = resultOf(context, searchId);
  if (request.isStream)
    return context.body(
      streamResponse(head, result, { after: -1, news: newsOf(context, searchId) }),
      200,
      STREAM_HEADERS,
    );
  const toJson = (summary: SearchSummary): object => responseOf(head, summary);
  const summary = await resultOrHold(result, () => isSureToServe(context, started.value));
  if (summary === null) return context.body(whitespaceThen(result, toJson), 200, WHITESPACE_HEADERS);
  const failure = failureOf(summary);
  if (failure !== null) return respondWithError(context, failure);
  return context.json(toJson(summary), 200, searchHeadersOf(summary));
}

/** The request as the chat completion that it means, with the conversation it goes on with, on its way. */
async function start(
  context: AppContext,
  request: ResponseRequest,
  body: Readonly<Record<string, unknown>>,
): Promise<Result<StartedSearch, ApiError>> {
  const { previousResponseId } = request;
  // What is kept is its tenant's: who asks must be known before it is read.
  const refersBack = previousResponseId !== null || request.items.some(({ type }) => type === "item_reference");
  const tenant = refersBack ? await proveFor(context, "searches:create") : succeed(null);
  if (!tenant.ok) return tenant;
  const earlier = previousResponseId === null ? succeed([]) : await conversationUpTo(context, previousResponseId);
  if (!earlier.ok) return earlier;
  const items = await withoutReferences(context, request.items);
  if (!items.ok) return items;
  const chat = parseChatRequest(toChatBody(request, earlier.value, items.value));
  if (!chat.ok) return chat;
  // What it says of the search is read as the client wrote it, so that mistakes are named in its own words.
  const { droppedTools } = request;
  if (droppedTools.length > 0) context.header("x-search-dropped-tools", [...new Set(droppedTools)].join(","));
  const wanted = { ...chat.value, body, note: droppedTools.length > 0 ? "tools_dropped" : null };
  if (!request.isStored) return startSearch(context, wanted);
  const kept: KeptResponse = { type: "response", settings: request.settings, inheritedCount: earlier.value.length };
  const keptJson = JSON.stringify(kept);
  if (keptJson.length > MAX_KEPT_LENGTH) return fail(TOO_LONG_TO_KEEP);
  return startSearch(context, wanted, { keptJson });
}

/** A fault is told where a Responses request has what is at fault. */
function inOwnWords(error: ApiError, { settings }: ResponseRequest): ApiError {
  if (error.type !== "invalid-parameter") return error;
  switch (error.param) {
    case "response_format.json_schema.schema":
      return { ...error, param: "text.format.schema" };
    case "logprobs":
      return { ...error, param: settings.top_logprobs > 0 ? "top_logprobs" : "include" };
    default:
      return error;
  }
}

const TOO_LONG_TO_KEEP: ApiError = {
  type: "invalid-parameter",
  code: "string_above_max_length",
  message: `Invalid 'instructions': together with the tools and the metadata a stored response keeps at most ${MAX_KEPT_LENGTH} characters. Send long texts in 'input', or set 'store' to false.`,
  param: "instructions",
};

/** GET /v1/responses/{id}; with `stream=true` its events, from `starting_after` on. */
export async function getResponse(context: AppContext): Promise<Response> {
  const response = await findAsked(context);
  if (response === null) return notFound(context);
  const { searchId, summary } = response;
  context.header("x-search-id", searchId);
  if (context.req.query("stream") !== "true") return context.json(responseOf(response, summary));
  const after = Number(context.req.query("starting_after") ?? -1);
  if (!Number.isSafeInteger(after) || after < -1) {
    const param = "starting_after";
    const message = `Invalid '${param}': expected a sequence number, an integer of at least 0.`;
    return respondWithError(context, { type: "invalid-parameter", code: "invalid_value", message, param });
  }
  return context.body(
    streamResponse(response, resultOf(context, searchId), { after, news: newsOf(context, searchId) }),
    200,
    STREAM_HEADERS,
  );
}

/** POST /v1/responses/{id}/cancel: answers with the best so far. Cancelling what has ended changes nothing. */
export async function cancelResponse(context: AppContext): Promise<Response> {
  const response = await findAsked(context);
  if (response === null) return notFound(context);
  if (!response.settings.background) return respondWithError(context, { type: "response-not-in-background" });
  await cancelStored(context, response);
  const ended = await findAsked(context);
  return ended === null ? notFound(context) : context.json(responseOf(ended, ended.summary));
}

/** DELETE /v1/responses/{id}. */
export async function deleteResponse(context: AppContext): Promise<Response> {
  const response = await findAsked(context);
  if (response === null) return notFound(context);
  await deleteStored(context, response);
  return context.json({ id: responseIdOf(response.searchId), object: "response", deleted: true });
}

/** GET /v1/responses/{id}/input_items. */
export async function listInputItems(context: AppContext): Promise<Response> {
  const response = await findAsked(context);
  if (response === null) return notFound(context);
  const query = parsePageQuery((name) => context.req.query(name), "desc");
  if (!query.ok) return respondWithError(context, query.error);
  const items = messagesToItems(response.searchId, await ownMessages(context, response));
  const page = pageOf(items, query.value);
  return page.ok ? context.json(page.value) : respondWithError(context, page.error);
}

function newsOf(context: AppContext, searchId: string): LiveNews {
  return followAnswer(context.env, context.get("tenant").id, searchId);
}

function findAsked(context: AppContext): Promise<StoredResponse | null> {
  return findResponse(context, askedId(context));
}

function askedId(context: AppContext): string {
  return context.req.param("id") ?? "";
}

function notFound(context: AppContext): Response {
  return respondWithError(context, { type: "response-not-found", responseId: askedId(context) });
}
