import type { Attempt } from "../../core/model.ts";
import { archiveKeyOf, readArchive } from "../../db/archive.ts";
import { type AppContext, respondWithError } from "../context.ts";
import { searchIdOfResponse } from "../responses/response-id.ts";
import { attemptToWire } from "./attempts.ts";
import { linesFrom } from "./lines.ts";
import { listPage } from "./list.ts";
import { isSearchId, searchIdOfCompletion } from "./search-id.ts";
import { searchStub } from "./search-stub.ts";
import { ndjsonToServerSentEvents } from "./server-sent-events.ts";
import { reportToWire } from "./view.ts";

/** GET /v1/searches: the tenant's searches, the newest first. */
export async function listOwnSearches(context: AppContext): Promise<Response> {
  const page = await listPage(context, (name) => context.req.query(name));
  return page.ok ? context.json(page.value) : respondWithError(context, page.error);
}

/** GET /v1/searches/{id}. A foreign search is as unknown as one that never was: 404, never 403. */
export function getSearch(context: AppContext): Promise<Response> {
  const id = askedId(context);
  return respondWithReport(context, isSearchId(id) ? id : null);
}

/** GET /v1/chat/completions/{id}/search: of every own completion, stored or not, also while it is being searched for. */
export function getCompletionSearch(context: AppContext): Promise<Response> {
  return respondWithReport(context, searchIdOfCompletion(askedId(context)));
}

/** GET /v1/responses/{id}/search: the same of a response. */
export function getResponseSearch(context: AppContext): Promise<Response> {
  return respondWithReport(context, searchIdOfResponse(askedId(context)));
}

async function respondWithReport(context: AppContext, searchId: string | null): Promise<Response> {
  const report = searchId === null ? null : await searchStub(context.env, context.get("tenant").id, searchId).report();
  return report === null ? notFound(context) : context.json(reportToWire(report));
}

/** GET /v1/searches/{id}/tree: the tree drawn as text; its canonical dump for those who accept only JSON. */
export async function getTree(context: AppContext): Promise<Response> {
  const stub = stubOf(context);
  const isJson = context.req.header("accept")?.includes("application/json") ?? false;
  const tree = stub === null ? null : await stub.tree(isJson ? "json" : "text");
  if (tree === null) return notFound(context);
  return context.body(tree, 200, { "content-type": isJson ? "application/json" : "text/plain; charset=utf-8" });
}

/** GET /v1/searches/{id}/attempts: every call that was made for it, metered. */
export async function listAttempts(context: AppContext): Promise<Response> {
  const json = (await stubOf(context)?.attempts()) ?? null;
  if (json === null) return notFound(context);
  const attempts: readonly Attempt[] = JSON.parse(json);
  return context.json({ object: "list", data: attempts.map(attemptToWire), has_more: false });
}

/** POST /v1/searches/{id}/cancel: ends it with its best so far, and answers when it has ended. */
export async function cancelSearch(context: AppContext): Promise<Response> {
  const stub = stubOf(context);
  const report = stub === null ? null : await stub.cancel();
  return report === null ? notFound(context) : context.json(reportToWire(report));
}

/** DELETE /v1/searches/{id}: nothing of it is left anywhere, nor of its stored completion; one that runs is ended. */
export async function deleteSearch(context: AppContext): Promise<Response> {
  const isDeleted = (await stubOf(context)?.erase("end")) ?? false;
  if (!isDeleted) return notFound(context);
  return context.json({ id: askedId(context), object: "search.deleted", deleted: true });
}

/**
 * GET /v1/searches/{id}/events?from=N: the log, replayed and then live. One JSON event per line; server-sent events for
 * those who accept only them (a browser's EventSource).
 */
export async function watchSearch(context: AppContext): Promise<Response> {
  const from = Number(context.req.query("from") ?? 0);
  if (!Number.isSafeInteger(from) || from < 0) {
    const message = "Invalid 'from': expected a sequence number, an integer of at least 0.";
    return respondWithError(context, { type: "invalid-parameter", code: "invalid_value", message, param: "from" });
  }
  const stub = stubOf(context);
  const viewerId = crypto.randomUUID();
  const events = stub === null ? null : await stub.watch(from, viewerId);
  if (stub === null || events === null) return (await archived(context, from)) ?? notFound(context);
  // Where the connection breaks in a pause of the search, its object would notice only at the next event.
  const leave = (): void => context.executionCtx.waitUntil(stub.leave(viewerId).catch(() => {}));
  context.req.raw.signal.addEventListener("abort", leave, { once: true });
  return respondWithEvents(context, events);
}

/** The events of a search whose object has forgotten them, from the archive; null where they are not there either. */
async function archived(context: AppContext, from: number): Promise<Response | null> {
  const { ARCHIVE } = context.env;
  const id = askedId(context);
  if (ARCHIVE === undefined || !isSearchId(id)) return null;
  const lines = await readArchive(ARCHIVE, archiveKeyOf(context.get("tenant").id, id));
  return lines === null ? null : respondWithEvents(context, lines.pipeThrough(linesFrom(from)));
}

function respondWithEvents(context: AppContext, events: ReadableStream<Uint8Array>): Response {
  const isEventSource = context.req.header("accept")?.includes("text/event-stream") ?? false;
  return isEventSource
    ? context.body(ndjsonToServerSentEvents(events), 200, {
        ...STREAM,
        "content-type": "text/event-stream; charset=utf-8",
      })
    : context.body(events, 200, { ...STREAM, "content-type": "application/x-ndjson; charset=utf-8" });
}

const STREAM = { "cache-control": "no-cache, no-transform", "x-accel-buffering": "no" };

function stubOf(context: AppContext) {
  const id = askedId(context);
  return isSearchId(id) ? searchStub(context.env, context.get("tenant").id, id) : null;
}

function askedId(context: AppContext): string {
  return context.req.param("id") ?? "";
}

function notFound(context: AppContext): Response {
  return respondWithError(context, { type: "search-not-found", searchId: askedId(context) });
}
