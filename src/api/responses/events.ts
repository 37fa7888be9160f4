import type { SearchSummary } from "../../../durable-objects/search-tree/protocol.ts";
import { saidOf } from "../chat-completions/said.ts";
import type { AnswerPiece, Viewing } from "../chat-completions/viewing.ts";
import { errorToWire } from "../errors.ts";
import { createItemEvents, type EventBody } from "./item-events.ts";
import { answerOf, openResponse, type ResponseHead, type ResponseObject, responseOf } from "./response.ts";

/** One event of a response's stream: its name is also its `type`, and its place in the stream is in it. */
export interface ResponseEvent {
  readonly type: string;
  readonly sequence_number: number;
  readonly [field: string]: unknown;
}

/** A response's events in their order, each under its number. */
export interface ResponseEvents {
  /** What a stream begins with, before anything is known. */
  first(): ResponseEvent[];
  /** Changes nothing: says once more that the response is under way, under the newest number. */
  signOfLife(): ResponseEvent;
  /** More of the answer. */
  hear(pieces: readonly AnswerPiece[]): ResponseEvent[];
  /** What follows once the search has ended. `viewing` knows what was heard. */
  end(summary: SearchSummary, viewing: Viewing): ResponseEvent[];
  /** A stream that cannot go on. */
  broken(): ResponseEvent[];
}

export function createResponseEvents(head: ResponseHead): ResponseEvents {
  const items = createItemEvents(head.searchId);
  let next = 0;
  const numbered = (bodies: readonly EventBody[]): ResponseEvent[] =>
    bodies.map(({ type, ...fields }) => ({ type, sequence_number: next++, ...fields }));

  const endOf = (summary: SearchSummary, viewing: Viewing): readonly EventBody[] => {
    const response = responseOf(head, summary);
    const answer = answerOf(summary);
    if (answer === null) return lastOf(response);
    const rest = viewing.rest([saidOf(answer)]);
    const missing = rest?.flatMap(items.hear) ?? [];
    // What was shown and is not what the log says cannot be mended, only told.
    if (rest === null || items.isOutOfOrder) return lastOf(failed(response));
    return [...missing, ...items.end(response.output), ...lastOf(response)];
  };

  return {
    first: () => numbered(firstBodies(head)),
    signOfLife: () => ({
      type: "response.in_progress",
      sequence_number: Math.max(0, next - 1),
      response: openResponse(head, "in_progress"),
    }),
    hear: (pieces) => numbered(pieces.flatMap(items.hear)),
    end: (summary, viewing) => numbered(endOf(summary, viewing)),
    broken: () => {
      const { code, message } = errorToWire({ type: "internal" }).body.error;
      return numbered([errorEvent(code, message)]);
    },
  };
}

function firstBodies(head: ResponseHead): EventBody[] {
  const queued = openResponse(head, "queued");
  const running = openResponse(head, "in_progress");
  return head.settings.background
    ? [
        { type: "response.created", response: queued },
        { type: "response.queued", response: queued },
        { type: "response.in_progress", response: running },
      ]
    : [
        { type: "response.created", response: running },
        { type: "response.in_progress", response: running },
      ];
}

function failed(response: ResponseObject): ResponseObject {
  const { code, message } = errorToWire({ type: "answer-changed" }).body.error;
  return {
    ...response,
    status: "failed",
    completed_at: null,
    incomplete_details: null,
    error: { code: code ?? "server_error", message },
  };
}

/** Clients raise on `error`; those that wait for an end are given one, too. There is no event for a cancelled end. */
function lastOf(response: ResponseObject): EventBody[] {
  if (response.status === "completed") return [{ type: "response.completed", response }];
  if (response.status !== "failed") return [{ type: "response.incomplete", response }];
  const { code, message } = response.error ?? { code: "server_error", message: "" };
  return [errorEvent(code, message), { type: "response.failed", response }];
}

/** OpenAI's types have its fields flat, Open Responses below `error`, where OpenAI's Python client raises on them. */
function errorEvent(code: string | null, message: string): EventBody {
  return { type: "error", code, message, param: null, error: { type: "server_error", code, message, param: null } };
}
