import type { Clock } from "../../core/clock.ts";

/** How much of a response body is let through. */
export interface BodyLimits {
  readonly totalBytes: number;
  /** Between two blank lines. The SDK's decoder buffers an event without any limit of its own. */
  readonly eventBytes: number;
}

/** An error message needs no more, and no stream stands behind it. */
export const ERROR_BODY_LIMITS: BodyLimits = { totalBytes: 65_536, eventBytes: 65_536 };

const MEBIBYTE = 1_048_576;

/**
 * Bytes that an honest stream of `tokens` tokens stays below: a chunk per token is some 250 bytes, each alternative of
 * its log-probabilities some 100. Chunks are dropped as they are read, so the cap guards time and traffic, not memory.
 */
export function streamLimits(tokens: number, topLogprobs: number): BodyLimits {
  const totalBytes = MEBIBYTE + tokens * (1024 + 256 * topLogprobs);
  return { totalBytes: Math.min(totalBytes, 512 * MEBIBYTE), eventBytes: 8 * MEBIBYTE };
}

/**
 * The body, watched: `onBytes` at each arrival. When a limit is passed, `onExcess` is told, the source is cancelled and
 * the stream ends; it does not throw, so that the head of an oversized error message can still be read. With a clock, a
 * body that is left before its end is read on for a while; without one it is cancelled.
 */
export function watchBody(
  source: ReadableStream<Uint8Array> | null,
  limits: BodyLimits,
  onBytes: () => void,
  onExcess: () => void,
  clock: Clock | null = null,
): ReadableStream<Uint8Array> {
  const reader = source?.getReader();
  let totalBytes = 0;
  let eventBytes = 0;
  let lineBytes = 0;

  const isExcess = (bytes: Uint8Array): boolean => {
    totalBytes += bytes.length;
    for (const byte of bytes) {
      eventBytes++;
      if (byte === LINE_FEED) {
        if (lineBytes === 0) eventBytes = 0;
        lineBytes = 0;
      } else if (byte !== CARRIAGE_RETURN) lineBytes++;
      if (eventBytes > limits.eventBytes) return true;
    }
    return totalBytes > limits.totalBytes;
  };

  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const next = await reader?.read();
        if (next === undefined || next.done) return controller.close();
        onBytes();
        if (!isExcess(next.value)) return controller.enqueue(next.value);
        onExcess();
        controller.close();
        // Not awaited: a source that stalls must not hold up the end.
        reader?.cancel().catch(() => undefined);
      },
      cancel: (reason) => {
        if (clock === null) return reader?.cancel(reason);
        // Not awaited: nobody should wait for what follows the answer.
        if (reader !== undefined) void readToEnd(reader, clock);
        return undefined;
      },
    },
    // Nothing is read ahead of what is asked for.
    { highWaterMark: 0 },
  );
}

/** How long, and how much, may follow the last that anybody wanted. */
const LINGER_MS = 1000;
const LINGER_BYTES = 65_536;

/**
 * The SDK stops reading at `[DONE]`, and the body's end often is a packet later. A body that is cancelled there takes its
 * connection along, and every call pays for a new one, TLS included; one that is read to its end leaves it to the next.
 */
async function readToEnd(reader: ReadableStreamDefaultReader<Uint8Array>, clock: Clock): Promise<void> {
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

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
