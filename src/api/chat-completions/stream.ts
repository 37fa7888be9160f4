import type { SearchSummary } from "../../../durable-objects/search-tree/protocol.ts";
import { errorToWire } from "../errors.ts";
import type { ChunkWriter } from "./chunks.ts";
import { failureOf } from "./outcome.ts";
import { type Tell, tellUntilStopped } from "./progress.ts";
import { within } from "./timers.ts";

/** Under the 15 s of the strictest idle timer met (WIRE.md 4.7). */
export const HEARTBEAT_MS = 10_000;

/**
 * The stream of one answer: the role at once, heartbeats while the search runs, then the winner without delay. A viewer
 * that goes away ends the stream and not the search. After the first byte an error is a frame of its own, never silence:
 * half of the clients take a cut stream for a whole answer.
 */
export function streamAnswer(
  chunks: ChunkWriter,
  count: number,
  result: Promise<SearchSummary>,
  heartbeatMs: number = HEARTBEAT_MS,
  tell: Tell = async () => {},
): ReadableStream<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const encoder = new TextEncoder();
  const send = (frames: readonly (object | "[DONE]")[]): Promise<void> =>
    writer.write(encoder.encode(frames.map(toFrame).join("")));
  const run = async (): Promise<void> => {
    await send(Array.from({ length: count }, (_unused, index) => chunks.role(index)));
    const progress = tellUntilStopped(tell, (sentence) => send([chunks.progress(sentence)]));
    let summary = await within(result, heartbeatMs);
    while (summary === null) {
      await send([chunks.heartbeat()]);
      summary = await within(result, heartbeatMs);
    }
    progress.stop();
    const failure = failureOf(summary);
    await send(failure === null ? [...chunks.answer(summary), "[DONE]"] : [errorToWire(failure).body]);
  };
  run()
    .catch((error: unknown) => {
      console.error("stream:", error instanceof Error ? error.message : error);
      return send([errorToWire({ type: "internal" }).body]);
    })
    .then(() => writer.close())
    // The viewer has gone: nobody is left to tell.
    .catch(() => {});
  return readable;
}

function toFrame(frame: object | "[DONE]"): string {
  return `data: ${frame === "[DONE]" ? frame : JSON.stringify(frame)}\n\n`;
}
