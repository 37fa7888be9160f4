import { checkContinues, type Store } from "../../src/core/store.ts";
import { batchToRows, rowsToEvents } from "./rows.ts";

/**
 * The log in the object's own SQLite: one row per appended batch, without any index but the key (rows written are what
 * the platform bills). Raw SQL, since this is the hot path (PLATFORM.md B6).
 */
export function createSqliteStore(storage: Pick<DurableObjectStorage, "sql" | "transactionSync">): Store {
  const { sql } = storage;
  sql.exec(`CREATE TABLE IF NOT EXISTS log (
    sequence INTEGER NOT NULL, part INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (sequence, part)
  ) WITHOUT ROWID`);
  const read: Store["read"] = (from) => {
    const rows = sql.exec<{ sequence: number; part: number; text: string }>(
      `SELECT sequence, part, text FROM log
       WHERE sequence >= (SELECT coalesce(max(sequence), 0) FROM log WHERE sequence <= ?) ORDER BY sequence, part`,
      from,
    );
    return rowsToEvents(rows).filter((event) => event.sequence >= from);
  };
  const lastBatch = sql.exec<{ sequence: number }>("SELECT coalesce(max(sequence), 0) AS sequence FROM log").one();
  const lastEvent = read(lastBatch.sequence).at(-1);
  let next = lastEvent === undefined ? 0 : lastEvent.sequence + 1;
  return {
    read,
    append: (events) => {
      checkContinues(next, events);
      storage.transactionSync(() => {
        for (const row of batchToRows(events)) {
          sql.exec("INSERT INTO log (sequence, part, text) VALUES (?, ?, ?)", row.sequence, row.part, row.text);
        }
      });
      next += events.length;
    },
  };
}
