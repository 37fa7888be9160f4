import type { AnswerView, SearchSummary } from "../../../durable-objects/search-tree/protocol.ts";
import { searchBlockOf, usageOf } from "../chat-completions/completion.ts";
import { failureOf } from "../chat-completions/outcome.ts";
import { toolCallsOf } from "../chat-completions/said.ts";
import { errorToWire } from "../errors.ts";
import { functionCallIdOf, messageIdOf, responseIdOf } from "./response-id.ts";
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
    output: answer === null ? [] : outputOf(head.searchId, answer),
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

function isCut({ ending }: AnswerView): boolean {
  return ending === "length" || ending === "content-filter";
}

function incompleteReasonOf(answer: AnswerView | null): "max_output_tokens" | "content_filter" {
  return answer?.ending === "content-filter" ? "content_filter" : "max_output_tokens";
}

export type OutputItem = ReturnType<typeof messageItem> | ReturnType<typeof functionCallItem>;

/** The text, if there is any, then the calls. */
export function outputOf(searchId: string, answer: AnswerView): OutputItem[] {
  const calls = answer.toolCallsJson === null ? [] : toolCallsOf(answer.toolCallsJson);
  const hasMessage = answer.text !== "" || calls.length === 0;
  return [
    ...(hasMessage ? [messageItem(searchId, answer)] : []),
    ...calls.map((call, index) => functionCallItem(searchId, call, index)),
  ];
}

function messageItem(searchId: string, answer: AnswerView) {
  return {
    id: messageIdOf(searchId),
    type: "message" as const,
    status: isCut(answer) ? "incomplete" : "completed",
    role: "assistant",
    content: [{ type: "output_text" as const, text: answer.text, annotations: [], logprobs: [] }],
  };
}

function functionCallItem(searchId: string, call: Readonly<Record<string, unknown>>, index: number) {
  const { name, arguments: text } = (call.function ?? {}) as { readonly name?: string; readonly arguments?: string };
  return {
    id: functionCallIdOf(searchId, index),
    type: "function_call" as const,
    status: "completed",
    call_id: String(call.id ?? functionCallIdOf(searchId, index)),
    name: name ?? "",
    arguments: text === undefined || text === "" ? "{}" : text,
  };
}

/** The same figures as a chat completion's, under the names of this API. */
function responseUsageOf(summary: SearchSummary) {
  const { prompt_tokens, completion_tokens, total_tokens, ...ours } = usageOf(summary, summary.answers.slice(0, 1));
  return {
    ...ours,
    input_tokens: prompt_tokens,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    output_tokens: completion_tokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens,
  };
}
