import type { SearchEvent } from "../../src/core/event.ts";

/**
 * One appended batch of events as rows: normally one. A Durable Object's row holds 2 MB, so a longer text is cut into
 * parts; nothing is known about where events begin inside a part.
 */
export interface LogRow {
  /** Of the batch's first event. */
  readonly sequence: number;
  readonly part: number;
  /** A piece of the batch's JSON array. */
  readonly text: string;
}

/** In UTF-16 units, of which each takes 3 bytes of UTF-8 at most: 1.5 MB. */
export const MAX_ROW_LENGTH = 500_000;

export function batchToRows(events: readonly SearchEvent[], maxLength: number = MAX_ROW_LENGTH): LogRow[] {
  const sequence = events[0]?.sequence;
  if (sequence === undefined) return [];
  return cut(JSON.stringify(events), maxLength).map((text, part) => ({ sequence, part, text }));
}

/** Rows in the order of (sequence, part), beginning with a part 0. */
export function rowsToEvents(rows: Iterable<LogRow>): SearchEvent[] {
  const batches: string[] = [];
  for (const row of rows) {
    if (row.part === 0) batches.push(row.text);
    else batches[batches.length - 1] += row.text;
  }
  return batches.flatMap((text) => JSON.parse(text) as SearchEvent[]);
}

/** Never between the halves of a surrogate pair: alone they would not survive UTF-8. */
function cut(text: string, maxLength: number): string[] {
  const parts: string[] = [];
  for (let from = 0; from < text.length; ) {
    let to = Math.min(from + maxLength, text.length);
    const last = text.charCodeAt(to - 1);
    if (to < text.length && to - from > 1 && last >= 0xd800 && last < 0xdc00) to--;
    parts.push(text.slice(from, to));
    from = to;
  }
  return parts;
}
