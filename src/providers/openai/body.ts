import type { Clock } from "../../core/clock.ts";

/** How much of an answer's stream is let through. */
export interface StreamLimits {
  readonly totalBytes: number;
  /** Of one event, which is put together before it is read. */
  readonly eventCharacters: number;
}

/** An error message needs no more, and no stream stands behind it. */
export const MOST_ERROR_BYTES = 65_536;

const MEBIBYTE = 1_048_576;

/**
 * Bytes that an honest stream of `tokens` tokens stays below: a chunk per token is some 250 bytes, each alternative of
 * its log-probabilities some 100. Chunks are dropped as they are read, so the cap guards time and traffic, not memory.
 */
export function streamLimits(tokens: number, topLogprobs: number): StreamLimits {
  const totalBytes = MEBIBYTE + tokens * (1024 + 256 * topLogprobs);
  return { totalBytes: Math.min(totalBytes, 512 * MEBIBYTE), eventCharacters: 8 * MEBIBYTE };
}

/**
 * The body, watched: `onBytes` at each arrival. When more comes than `mostBytes`, `onExcess` is told, the source is
 * cancelled and the stream ends; it does not throw, so that the head of an oversized error message can still be read.
 */
export function watchBody(
  source: ReadableStream<Uint8Array> | null,
  mostBytes: number,
  onBytes: () => void,
  onExcess: () => void,
): ReadableStream<Uint8Array> {
  const reader = source?.getReader();
  let bytes = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const next = await reader?.read();
        if (next === undefined || next.done) return controller.close();
        onBytes();
        bytes += next.value.length;
        if (bytes <= mostBytes) return controller.enqueue(next.value);
        onExcess();
        controller.close();
        // Not awaited: a source that stalls must not hold up the end.
        reader?.cancel().catch(() => undefined);
      },
      cancel: (reason) => reader?.cancel(reason),
    },
    // Nothing is read ahead of what is asked for.
    { highWaterMark: 0 },
  );
}

/** How long, and how much, may follow the last that anybody wanted. */
const LINGER_MS = 1000;
const LINGER_BYTES = 65_536;

/**
 * An answer ends at `[DONE]`, and its body often a packet later. A body that is cancelled there takes its connection along,
 * and every call pays for a new one, TLS included; one that is read to its end leaves it to the next.
 */
export async function lingering(reader: ReadableStreamDefaultReader<Uint8Array>, clock: Clock): Promise<void> {
  const giveUp = () => void reader.cancel().catch(() => undefined);
  const stopTimer = clock.schedule(LINGER_MS, giveUp);
  let bytes = 0;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      bytes += next.value.length;
      if (bytes > LINGER_BYTES) return giveUp();
    }
  } catch {
    // Aborted or broken: there is no connection to keep.
  } finally {
    stopTimer();
  }
}
