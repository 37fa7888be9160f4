import type { SearchSummary } from "../../../durable-objects/search-tree/protocol.ts";
import { type LiveNews, NO_NEWS } from "../chat-completions/live-news.ts";
import { withHeartbeats } from "../chat-completions/timers.ts";
import { createViewing } from "../chat-completions/viewing.ts";
import { createResponseEvents, type ResponseEvent } from "./events.ts";
import type { ResponseHead } from "./response.ts";

/** Under the 15 s of the strictest idle timer met (WIRE.md 4.7). */
const HEARTBEAT_MS = 10_000;

export interface ResponseStreamOptions {
  /** Events up to this number are left out: the client has them. -1 for none. */
  readonly after: number;
  readonly heartbeatMs?: number;
  /** The answer while it is written. */
  readonly news?: LiveNews;
}

/**
 * A response's events: what is known at once, without a search the answer as it is written, signs of life while nothing
 * comes, the rest when the search has ended. A sign of life moves no number, so that those of what follows do not depend
 * on how long it took.
 */
export function streamResponse(
  head: ResponseHead,
  result: Promise<SearchSummary>,
  { after, heartbeatMs = HEARTBEAT_MS, news = NO_NEWS }: ResponseStreamOptions,
): ReadableStream<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const encoder = new TextEncoder();
  const events = createResponseEvents(head);
  const viewing = createViewing(1);
  const send = async (all: readonly ResponseEvent[]): Promise<void> => {
    if (all.length > 0) await writer.write(encoder.encode(all.map(toFrame).join("")));
  };
  const isNew = (event: ResponseEvent): boolean => event.sequence_number > after;
  const awaited = <T>(promise: Promise<T>): Promise<T> =>
    withHeartbeats(promise, heartbeatMs, () => send([events.signOfLife()]));
  // Looked at when the news have ended.
  result.catch(() => {});
  const run = async (): Promise<void> => {
    await send(events.first().filter(isNew));
    for (let lines = await awaited(news.next()); lines !== null; lines = await awaited(news.next())) {
      await send(events.hear(lines.flatMap(viewing.hear)).filter(isNew));
    }
    await send(events.end(await awaited(result), viewing).filter(isNew));
  };
  run()
    .catch((error: unknown) => {
      console.error("stream:", error instanceof Error ? error.message : error);
      return send(events.broken());
    })
    .then(() => writer.close())
    // The viewer has gone: nobody is left to tell.
    .catch(() => {})
    .finally(news.close);
  return readable;
}

/** Named and typed: some clients read the one, some the other. */
function toFrame(event: ResponseEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
