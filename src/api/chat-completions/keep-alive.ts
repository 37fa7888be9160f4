import type { SearchSummary } from "../../../durable-objects/search-tree/protocol.ts";
import { within } from "./wait.ts";

/** WIRE.md 4.7: up to here an honest status code is worth the silence. */
export const HOLD_STATUS_MS = 25_000;
const ASK_AGAIN_MS = 1000;
const WHITESPACE_MS = 15_000;

/**
 * The result itself where it comes soon; null once the status must leave before it. That needs a candidate, since after
 * a status of 200 nothing but an answer may follow.
 */
export async function resultOrHold(
  result: Promise<SearchSummary>,
  hasCandidate: () => Promise<boolean>,
): Promise<SearchSummary | null> {
  let summary = await within(result, HOLD_STATUS_MS);
  while (summary === null && !(await hasCandidate())) summary = await within(result, ASK_AGAIN_MS);
  return summary;
}

/** Leading whitespace keeps the connection alive and parses in every client measured; the JSON follows. */
export function whitespaceThen(
  result: Promise<SearchSummary>,
  toJson: (summary: SearchSummary) => object,
): ReadableStream<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const encoder = new TextEncoder();
  const run = async (): Promise<void> => {
    let summary: SearchSummary | null = null;
    while (summary === null) {
      await writer.write(encoder.encode("\n"));
      summary = await within(result, WHITESPACE_MS);
    }
    await writer.write(encoder.encode(JSON.stringify(toJson(summary))));
    await writer.close();
  };
  // Cut off, the body is no JSON, and the client knows that it has no answer.
  run().catch((error: unknown) => writer.abort(error).catch(() => {}));
  return readable;
}
