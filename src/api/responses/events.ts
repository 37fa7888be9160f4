import type { SearchSummary } from "../../../durable-objects/search-tree/protocol.ts";
import { splitText } from "../chat-completions/chunks.ts";
import { type OutputItem, openResponse, type ResponseHead, type ResponseObject, responseOf } from "./response.ts";

/** One event of a response's stream: its name is also its `type`, and its place in the stream is in it. */
export interface ResponseEvent {
  readonly type: string;
  readonly sequence_number: number;
  readonly [field: string]: unknown;
}

type EventBody = Omit<ResponseEvent, "sequence_number"> & { readonly type: string };

/** What a stream begins with, before anything is known. The last of these may be sent again as a sign of life. */
export function firstEvents(head: ResponseHead): ResponseEvent[] {
  const queued = openResponse(head, "queued");
  const running = openResponse(head, "in_progress");
  const bodies: EventBody[] = head.settings.background
    ? [
        { type: "response.created", response: queued },
        { type: "response.queued", response: queued },
        { type: "response.in_progress", response: running },
      ]
    : [
        { type: "response.created", response: running },
        { type: "response.in_progress", response: running },
      ];
  return numbered(bodies, 0);
}

/**
 * What follows once the search has ended. A function of the response alone, so that whoever comes back later is given
 * the same events under the same numbers.
 */
export function lastEvents(head: ResponseHead, summary: SearchSummary): ResponseEvent[] {
  const response = responseOf(head, summary);
  const bodies = [...response.output.flatMap(itemEvents), ...endOf(response)];
  return numbered(bodies, firstEvents(head).length);
}

function numbered(bodies: readonly EventBody[], from: number): ResponseEvent[] {
  return bodies.map(({ type, ...fields }, index) => ({ type, sequence_number: from + index, ...fields }));
}

function itemEvents(item: OutputItem, outputIndex: number): EventBody[] {
  const at = { output_index: outputIndex };
  const inner = item.type === "message" ? messageEvents(item, outputIndex) : callEvents(item, outputIndex);
  const begun =
    item.type === "message"
      ? { ...item, status: "in_progress", content: [] }
      : { ...item, status: "in_progress", arguments: "" };
  return [
    { type: "response.output_item.added", ...at, item: begun },
    ...inner,
    { type: "response.output_item.done", ...at, item },
  ];
}

function messageEvents(item: Extract<OutputItem, { type: "message" }>, outputIndex: number): EventBody[] {
  return item.content.flatMap((part, contentIndex) => {
    const at = { item_id: item.id, output_index: outputIndex, content_index: contentIndex };
    return [
      { type: "response.content_part.added", ...at, part: { ...part, text: "" } },
      ...splitText(part.text).map((delta) => ({ type: "response.output_text.delta", ...at, delta, logprobs: [] })),
      { type: "response.output_text.done", ...at, text: part.text, logprobs: [] },
      { type: "response.content_part.done", ...at, part },
    ];
  });
}

function callEvents(item: Extract<OutputItem, { type: "function_call" }>, outputIndex: number): EventBody[] {
  const at = { item_id: item.id, output_index: outputIndex };
  return [
    ...splitText(item.arguments).map((delta) => ({ type: "response.function_call_arguments.delta", ...at, delta })),
    { type: "response.function_call_arguments.done", ...at, name: item.name, arguments: item.arguments },
  ];
}

/** Clients raise on `error`; those that wait for an end are given one, too. There is no event for a cancelled end. */
function endOf(response: ResponseObject): EventBody[] {
  if (response.status === "completed") return [{ type: "response.completed", response }];
  if (response.status !== "failed") return [{ type: "response.incomplete", response }];
  const { code, message } = response.error ?? { code: "server_error", message: "" };
  return [errorEvent(code, message), { type: "response.failed", response }];
}

/** OpenAI's types have its fields flat, Open Responses below `error`, where OpenAI's Python client raises on them. */
export function errorEvent(code: string | null, message: string) {
  return { type: "error", code, message, param: null, error: { type: "server_error", code, message, param: null } };
}
