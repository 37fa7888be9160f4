import type { AnswerView, SearchSummary } from "../../../durable-objects/search-tree/protocol.ts";
import { searchBlockOf, usageOf } from "../chat-completions/completion.ts";
import { failureOf } from "../chat-completions/outcome.ts";
import { saidOf } from "../chat-completions/said.ts";
import { errorToWire } from "../errors.ts";
import { type OutputItem, outputOf } from "./items.ts";
import { responseIdOf } from "./response-id.ts";
import type { ResponseSettings } from "./settings.ts";

/** Which response it is, from its creation on. */
export interface ResponseHead {
  readonly searchId: string;
  readonly createdAtMs: number;
  readonly settings: ResponseSettings;
}

export type ResponseStatus = "queued" | "in_progress" | "completed" | "incomplete" | "failed" | "cancelled";

/** A response whose search has not ended. */
export function openResponse(head: ResponseHead, status: "queued" | "in_progress") {
  return {
    ...base(head, status),
    completed_at: null as number | null,
    error: null as { readonly code: string; readonly message: string } | null,
    incomplete_details: null as { readonly reason: string } | null,
    output: [] as OutputItem[],
    usage: null as ReturnType<typeof responseUsageOf> | null,
  };
}

export type ResponseObject = ReturnType<typeof openResponse>;

/** The response as it stands. */
export function responseOf(head: ResponseHead, summary: SearchSummary): ResponseObject {
  if (summary.state === "running") return openResponse(head, "in_progress");
  const status = statusOf(summary);
  const failure = status === "failed" ? failureOf(summary) : null;
  const error = failure === null ? null : errorToWire(failure).body.error;
  const answer = answerOf(summary);
  return {
    ...base(head, status),
    completed_at: status === "completed" ? Math.floor((summary.endedAtMs ?? 0) / 1000) : null,
    error: error === null ? null : { code: error.code ?? "server_error", message: error.message },
    incomplete_details: status === "incomplete" ? { reason: incompleteReasonOf(answer) } : null,
    output: answer === null ? [] : outputOf(head.searchId, saidOf(answer), isCut(answer)),
    usage: responseUsageOf(summary),
    ...{ search: searchBlockOf(summary, `/v1/responses/${responseIdOf(head.searchId)}/search`) },
  };
}

function base({ searchId, createdAtMs, settings }: ResponseHead, status: ResponseStatus) {
  const { user, ...echoed } = settings;
  return {
    id: responseIdOf(searchId),
    object: "response",
    created_at: Math.floor(createdAtMs / 1000),
    status,
    ...echoed,
    // A string or absent in OpenAI's types.
    ...(user !== null && { user }),
  };
}

/** What the response says; null while the search runs, and where what it has must not be served. */
export function answerOf(summary: SearchSummary): AnswerView | null {
  if (summary.state === "running" || failureOf(summary) !== null) return null;
  return summary.answers[0] ?? null;
}

/** A cancelled search keeps its best so far, and is still called cancelled. */
function statusOf(summary: SearchSummary): Exclude<ResponseStatus, "queued" | "in_progress"> {
  if (summary.stopReason === "cancelled") return "cancelled";
  const answer = answerOf(summary);
  if (answer === null) return "failed";
  return isCut(answer) ? "incomplete" : "completed";
}

/** A refusal of the model's own is whole. */
export function isCut({ ending, refusalFrom }: AnswerView): boolean {
  return ending === "length" || (ending === "content-filter" && refusalFrom === undefined);
}

function incompleteReasonOf(answer: AnswerView | null): "max_output_tokens" | "content_filter" {
  return answer?.ending === "content-filter" ? "content_filter" : "max_output_tokens";
}

/** The same figures as a chat completion's, under the names of this API. */
function responseUsageOf(summary: SearchSummary) {
  const usage = usageOf(summary, summary.answers.slice(0, 1));
  const { prompt_tokens, completion_tokens, total_tokens, ...rest } = usage;
  const { prompt_tokens_details, completion_tokens_details, ...ours } = rest;
  return {
    ...ours,
    input_tokens: prompt_tokens,
    input_tokens_details: { cached_tokens: prompt_tokens_details.cached_tokens, cache_write_tokens: 0 },
    output_tokens: completion_tokens,
    output_tokens_details: { reasoning_tokens: completion_tokens_details?.reasoning_tokens ?? 0 },
    total_tokens,
  };
}
