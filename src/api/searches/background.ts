import { readJsonObject } from "../body.ts";
import { type ChatRequest, parseChatRequest } from "../chat-completions/request.ts";
import { toKeep } from "../chat-completions/stored/kept.ts";
import { type AppContext, respondWithError } from "../context.ts";
import { unknownParameter } from "../strict-parameters.ts";
import { searchStub } from "./search-stub.ts";
import { startSearch } from "./start.ts";
import { reportToWire } from "./view.ts";

type Body = Readonly<Record<string, unknown>>;

/**
 * POST /v1/searches: a chat completion's request, searched for in the background. The answer is the search as it begins;
 * it is polled, watched, listed, cancelled and deleted by its id, and its completion is stored unless `store` is false.
 */
export async function createSearch(context: AppContext): Promise<Response> {
  const body = await readJsonObject(context.req.raw);
  if (!body.ok) return respondWithError(context, body.error);
  const unknown = unknownParameter("chat", context.req.raw.headers, body.value);
  if (unknown !== null) return respondWithError(context, unknown);
  const parsed = parseChatRequest({ ...liftBackground(body.value), background: true });
  return parsed.ok ? startInBackground(context, parsed.value) : respondWithError(context, parsed.error);
}

/** Nobody waits for it: the search's own object owns the run, and nothing of this request is left behind. */
export async function startInBackground(context: AppContext, request: ChatRequest): Promise<Response> {
  const store = request.body.store ?? true;
  // Whatever it says of a stream: there is none, and its time does not end with one's.
  const asked = { ...request, body: { ...request.body, store, stream: false } };
  const kept = toKeep(asked);
  if (!kept.ok) return respondWithError(context, kept.error);
  const started = await startSearch(context, asked, kept.value);
  if (!started.ok) return respondWithError(context, started.error);
  const { searchId } = started.value;
  const report = await searchStub(context.env, context.get("tenant").id, searchId).report();
  // Deleted by somebody else in the same moment.
  if (report === null) return respondWithError(context, { type: "search-not-found", searchId });
  return context.json(reportToWire(report), 202, { location: `/v1/searches/${searchId}` });
}

/** `background` may also be said inside a body's `search`; it is no field of the plan, and of no other channel. */
export function liftBackground(body: Body): Record<string, unknown> {
  const { search } = body;
  if (typeof search !== "object" || search === null || Array.isArray(search)) return { ...body };
  const { background, ...plan } = search as Body;
  const isSaid = typeof background === "boolean" || background === null;
  if (!isSaid) return { ...body };
  return { ...body, search: plan, ...(background === true && { background }) };
}
