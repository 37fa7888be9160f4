import type { LiveLine } from "../../../durable-objects/search-tree/live-answer.ts";
import { sleep } from "./timers.ts";

/** The answers of a search while they are written, as its object tells them. */
export interface LiveNews {
  /** What has come since, at least one line; null once nothing more comes: the result then has the last word. */
  next(): Promise<readonly LiveLine[] | null>;
  /** Nobody reads on. */
  close(): void;
}

/** How often the search's object is asked again after it was reset. */
const MAX_TRIES = 8;

/**
 * Reads what `open` gives, and opens anew where it breaks off: the object then tells the current attempt from its
 * beginning. `open` gives null where there is nothing to follow.
 */
export function createLiveNews(open: () => Promise<ReadableStream<Uint8Array> | null>, firstPauseMs: number): LiveNews {
  let reader: ReadableStreamDefaultReader<Uint8Array> | null = null;
  let decoder = new TextDecoder();
  let begun = "";
  let isClosed = false;
  let failures = 0;

  const reopen = async (): Promise<boolean> => {
    decoder = new TextDecoder();
    begun = "";
    const stream = await open();
    reader = stream?.getReader() ?? null;
    if (isClosed) reader?.cancel().catch(() => {});
    return reader !== null;
  };

  /** Null at the end. */
  const read = async (): Promise<readonly LiveLine[] | null> => {
    if (reader === null && !(await reopen())) return null;
    const piece = await reader?.read();
    if (piece === undefined || piece.done) return null;
    failures = 0;
    const lines = (begun + decoder.decode(piece.value, { stream: true })).split("\n");
    begun = lines.pop() ?? "";
    return lines.map((line) => JSON.parse(line) as LiveLine);
  };

  return {
    next: async () => {
      while (!isClosed) {
        try {
          const lines = await read();
          if (lines === null || lines.length > 0) return lines;
        } catch (error) {
          failures++;
          reader = null;
          if (failures === MAX_TRIES) {
            console.error("live:", error instanceof Error ? error.message : error);
            return null;
          }
          await sleep(firstPauseMs * 2 ** (failures - 1));
        }
      }
      return null;
    },
    close: () => {
      isClosed = true;
      reader?.cancel().catch(() => {});
    },
  };
}

/** Of an answer that is not followed. */
export const NO_NEWS: LiveNews = { next: async () => null, close: () => {} };
