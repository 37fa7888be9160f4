import type { SearchEvent } from "../../src/core/event.ts";
import { type LogRow, rowsToEvents } from "./rows.ts";

/** Batches read at a time: what of the log is in memory at once. */
const BATCHES_PER_PAGE = 64;

/** The log in order, a part at a time. What is appended while it is read is read as well. */
export function* logPages(sql: SqlStorage): Generator<readonly SearchEvent[]> {
  for (let from = 0; ; ) {
    const rows = sql
      .exec<{ sequence: number; part: number; text: string }>(
        `SELECT sequence, part, text FROM log WHERE sequence IN
           (SELECT DISTINCT sequence FROM log WHERE sequence >= ? ORDER BY sequence LIMIT ?)
         ORDER BY sequence, part`,
        from,
        BATCHES_PER_PAGE,
      )
      .toArray() satisfies LogRow[];
    const last = rows.at(-1);
    if (last === undefined) return;
    from = last.sequence + 1;
    yield rowsToEvents(rows);
  }
}
