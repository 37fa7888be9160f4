import { expect, test } from "vitest";
import { batchToRows, rowsToEvents } from "../../../durable-objects/search-tree/rows.ts";
import type { SearchEvent } from "../../../src/core/event.ts";

function fail(sequence: number, message: string): SearchEvent {
  const error = { type: "malformed", message } as const;
  return { sequence, atMs: 1, type: "step-fail", stepId: 1, error, attempts: [], willRetry: false };
}

test("an ordinary batch is one row", () => {
  const events = [fail(3, "a"), fail(4, "b")];
  expect(batchToRows(events)).toEqual([{ sequence: 3, part: 0, text: JSON.stringify(events) }]);
});

test("a long batch is cut into parts and put together again, at any length", () => {
  const events = [fail(0, "🌳ü\n\u0000\ud800 end"), fail(1, "🌳🌳🌳🌳🌳")];
  for (let length = 2; length < 40; length++) {
    const rows = batchToRows(events, length);
    expect(rows.every((row) => row.text.length <= length)).toBe(true);
    // As SQLite stores it: UTF-8, in which half a surrogate pair would be lost.
    const stored = rows.map((row) => ({ ...row, text: new TextDecoder().decode(new TextEncoder().encode(row.text)) }));
    expect(rowsToEvents(stored)).toEqual(events);
  }
});

test("parts of several batches do not run together", () => {
  const rows = [...batchToRows([fail(0, "x".repeat(50))], 20), ...batchToRows([fail(1, "y".repeat(50))], 20)];
  expect(rowsToEvents(rows).map((event) => event.sequence)).toEqual([0, 1]);
});
