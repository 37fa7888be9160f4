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
 * the stream ends; it does not throw, so that the head of an oversized error message can still be read.
 */
export function watchBody(
  source: ReadableStream<Uint8Array> | null,
  limits: BodyLimits,
  onBytes: () => void,
  onExcess: () => void,
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
      cancel: (reason) => reader?.cancel(reason),
    },
    // Nothing is read ahead of what is asked for.
    { highWaterMark: 0 },
  );
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
