import type { SearchSummary } from "../../../durable-objects/search-tree/protocol.ts";
import { errorToWire } from "../errors.ts";
import type { ChunkWriter } from "./chunks.ts";
import { servedAnswers } from "./completion.ts";
import { type LiveNews, NO_NEWS } from "./live-news.ts";
import { failureOf } from "./outcome.ts";
import { type Tell, tellUntilStopped } from "./progress.ts";
import { saidOf } from "./said.ts";
import { withHeartbeats } from "./timers.ts";
import { createViewing, type Viewing } from "./viewing.ts";

/** Under the 15 s of the strictest idle timer met (WIRE.md 4.7). */
export const HEARTBEAT_MS = 10_000;

export interface AnswerStreamOptions {
  readonly heartbeatMs?: number;
  readonly tell?: Tell;
  /** The answers while they are written. */
  readonly news?: LiveNews;
}

/**
 * The stream of one answer: the role at once, heartbeats while nothing comes; without a search the answer as it is
 * written, with one the winner without delay. A viewer that goes away ends the stream and not the search. After the first
 * byte an error is a frame of its own, never silence: half of the clients take a cut stream for a whole answer.
 */
export function streamAnswer(
  chunks: ChunkWriter,
  count: number,
  result: Promise<SearchSummary>,
  { heartbeatMs = HEARTBEAT_MS, tell = async () => {}, news = NO_NEWS }: AnswerStreamOptions = {},
): ReadableStream<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const encoder = new TextEncoder();
  const viewing = createViewing(count);
  const send = (frames: readonly (object | "[DONE]")[]): Promise<void> =>
    writer.write(encoder.encode(frames.map(toFrame).join("")));
  const awaited = <T>(promise: Promise<T>): Promise<T> =>
    withHeartbeats(promise, heartbeatMs, () => send([chunks.heartbeat()]));
  // Looked at when the news have ended.
  result.catch(() => {});
  const run = async (): Promise<void> => {
    await send(Array.from({ length: count }, (_unused, index) => chunks.role(index)));
    const progress = tellUntilStopped(tell, (sentence) => send([chunks.progress(sentence)]));
    for (let lines = await awaited(news.next()); lines !== null; lines = await awaited(news.next())) {
      const frames = chunks.pieces(lines.flatMap(viewing.hear));
      if (frames.length > 0) await send(frames);
    }
    const summary = await awaited(result);
    progress.stop();
    await send(endOf(chunks, count, viewing, summary));
  };
  run()
    .catch((error: unknown) => {
      console.error("stream:", error instanceof Error ? error.message : error);
      return send([errorToWire({ type: "internal" }).body]);
    })
    .then(() => writer.close())
    // The viewer has gone: nobody is left to tell.
    .catch(() => {})
    .finally(news.close);
  return readable;
}

/** What is still missing, and the end. What was shown and is not what the log says cannot be mended, only told. */
function endOf(
  chunks: ChunkWriter,
  count: number,
  viewing: Viewing,
  summary: SearchSummary,
): readonly (object | "[DONE]")[] {
  const failure = failureOf(summary);
  if (failure !== null) return [errorToWire(failure).body];
  const rest = viewing.rest(servedAnswers(summary, count).map(saidOf));
  if (rest === null) return [errorToWire({ type: "answer-changed" }).body];
  return [...chunks.pieces(rest), ...chunks.end(summary), "[DONE]"];
}

function toFrame(frame: object | "[DONE]"): string {
  return `data: ${frame === "[DONE]" ? frame : JSON.stringify(frame)}\n\n`;
}
