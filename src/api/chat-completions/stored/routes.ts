import { readJsonObject } from "../../body.ts";
import { type AppContext, respondWithError } from "../../context.ts";
import { pageOf, parsePageQuery, toPage } from "../../paging.ts";
import { deleteStored, findStored, messagesOf, relabel, type StoredCompletion, storedToWire } from "./find.ts";
import { listCompletions, parseListQuery } from "./list.ts";
import { messagesToWire } from "./messages.ts";
import { parseUpdate } from "./metadata.ts";

// Stored chat completions, WIRE.md 1.8: those that were created with `store: true`, of this tenant.

/** GET /v1/chat/completions. */
export async function listChatCompletions(context: AppContext): Promise<Response> {
  const query = parseListQuery(new URL(context.req.url).searchParams);
  if (!query.ok) return respondWithError(context, query.error);
  const listed = await listCompletions(context, query.value);
  if (!listed.ok) return respondWithError(context, listed.error);
  return context.json(toPage(listed.value.completions, listed.value.hasMore));
}

/** GET /v1/chat/completions/{id}. */
export async function getChatCompletion(context: AppContext): Promise<Response> {
  const stored = await findStored(context, askedId(context));
  return stored === null ? notFound(context) : respond(context, stored);
}

/** POST /v1/chat/completions/{id}: its metadata is all that can be changed. */
export async function updateChatCompletion(context: AppContext): Promise<Response> {
  const body = await readJsonObject(context.req.raw);
  if (!body.ok) return respondWithError(context, body.error);
  const metadata = parseUpdate(body.value);
  if (!metadata.ok) return respondWithError(context, metadata.error);
  const stored = await findStored(context, askedId(context));
  const changed = stored === null ? null : await relabel(context, stored, metadata.value);
  return changed === null ? notFound(context) : respond(context, changed);
}

/** DELETE /v1/chat/completions/{id}: nobody finds it any more; its search stays. */
export async function deleteChatCompletion(context: AppContext): Promise<Response> {
  const id = askedId(context);
  if (!(await deleteStored(context, id))) return notFound(context);
  return context.json({ object: "chat.completion.deleted", id, deleted: true });
}

/** GET /v1/chat/completions/{id}/messages. */
export async function listMessages(context: AppContext): Promise<Response> {
  const query = parsePageQuery((name) => context.req.query(name), "asc");
  if (!query.ok) return respondWithError(context, query.error);
  const stored = await findStored(context, askedId(context));
  if (stored === null) return notFound(context);
  const page = pageOf(messagesToWire(stored.searchId, await messagesOf(context, stored)), query.value);
  return page.ok ? context.json(page.value) : respondWithError(context, page.error);
}

function respond(context: AppContext, stored: StoredCompletion): Response {
  context.header("x-search-id", stored.searchId);
  return context.json(storedToWire(stored));
}

function askedId(context: AppContext): string {
  return context.req.param("id") ?? "";
}

function notFound(context: AppContext): Response {
  return respondWithError(context, { type: "completion-not-found", completionId: askedId(context) });
}
