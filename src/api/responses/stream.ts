import type { SearchSummary } from "../../../durable-objects/search-tree/protocol.ts";
import { within } from "../chat-completions/timers.ts";
import { errorToWire } from "../errors.ts";
import { errorEvent, firstEvents, lastEvents, type ResponseEvent } from "./events.ts";
import type { ResponseHead } from "./response.ts";

/** Under the 15 s of the strictest idle timer met (WIRE.md 4.7). */
const HEARTBEAT_MS = 10_000;

export interface ResponseStreamOptions {
  /** Events up to this number are left out: the client has them. -1 for none. */
  readonly after: number;
  readonly heartbeatMs?: number;
}

/**
 * A response's events: what is known at once, signs of life while the search runs, the rest when it has ended. A sign of
 * life is the newest event once more, under its own number: every client knows its name, it says nothing new, and the
 * numbers of what follows do not depend on how long the search took.
 */
export function streamResponse(
  head: ResponseHead,
  result: Promise<SearchSummary>,
  { after, heartbeatMs = HEARTBEAT_MS }: ResponseStreamOptions,
): ReadableStream<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const encoder = new TextEncoder();
  const send = (events: readonly ResponseEvent[]): Promise<void> =>
    writer.write(encoder.encode(events.map(toFrame).join("")));
  const isNew = (event: ResponseEvent): boolean => event.sequence_number > after;
  const first = firstEvents(head);
  const run = async (): Promise<void> => {
    await send(first.filter(isNew));
    let summary = await within(result, heartbeatMs);
    while (summary === null) {
      await send(first.slice(-1));
      summary = await within(result, heartbeatMs);
    }
    await send(lastEvents(head, summary).filter(isNew));
  };
  run()
    .catch((error: unknown) => {
      console.error("stream:", error instanceof Error ? error.message : error);
      const { code, message } = errorToWire({ type: "internal" }).body.error;
      return send([{ ...errorEvent(code, message), sequence_number: first.length }]);
    })
    .then(() => writer.close())
    // The viewer has gone: nobody is left to tell.
    .catch(() => {});
  return readable;
}

/** Named and typed: some clients read the one, some the other. */
function toFrame(event: ResponseEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
