import type { SearchSummary } from "../../../durable-objects/search-tree/protocol.ts";
import { within } from "./timers.ts";

/** WIRE.md 4.7: up to here an honest status code is worth the silence. */
const HOLD = { holdStatusMs: 25_000, askAgainMs: 1000 };
const WHITESPACE_MS = 15_000;

/**
 * The result itself where it comes soon; null once the status must leave before it. That needs a candidate, since after
 * a status of 200 nothing but an answer may follow.
 */
export async function resultOrHold(
  result: Promise<SearchSummary>,
  hasCandidate: () => Promise<boolean>,
  { holdStatusMs, askAgainMs }: typeof HOLD = HOLD,
): Promise<SearchSummary | null> {
  let summary = await within(result, holdStatusMs);
  while (summary === null && !(await hasCandidate())) summary = await within(result, askAgainMs);
  return summary;
}

/** Leading whitespace keeps the connection alive and parses in every client measured; the JSON follows. */
export function whitespaceThen(
  result: Promise<SearchSummary>,
  toJson: (summary: SearchSummary) => object,
  whitespaceMs: number = WHITESPACE_MS,
): ReadableStream<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const encoder = new TextEncoder();
  const run = async (): Promise<void> => {
    let summary: SearchSummary | null = null;
    while (summary === null) {
      await writer.write(encoder.encode("\n"));
      summary = await within(result, whitespaceMs);
    }
    await writer.write(encoder.encode(JSON.stringify(toJson(summary))));
    await writer.close();
  };
  // Cut off, the body is no JSON, and the client knows that it has no answer.
  run().catch((error: unknown) => writer.abort(error).catch(() => {}));
  return readable;
}
