import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { deserialize, serialize } from "node:v8";

/**
 * One object's storage, as the platform keeps it: SQLite, written at once and durable a little later. What was written since
 * the last confirmation is lost in a crash, all of it together. Nothing leaves the object before it is durable (the output
 * gate), which is what `afterDurable` is for.
 */
export interface Disk {
  readonly sql: { exec(query: string, ...bindings: unknown[]): Cursor };
  readonly kv: KeyValues;
  /** When the alarm is to ring, by the object's own clock; as last set, durable or not. */
  alarmAtMs: number | null;
  /** It rings: gone for its handler, which may set the next one. */
  takeAlarm(): void;
  /** Rows, values and the alarm. */
  deleteAll(): void;
  transactionSync<T>(work: () => T): T;
  /** At once where all is durable already. Forgotten in a crash. */
  afterDurable(run: () => void): void;
  readonly isDurable: boolean;
  confirm(): void;
  /** Back to what was durable. */
  crash(): void;
  /** For the auditor: reads, and changes nothing. */
  query(text: string, ...bindings: SQLInputValue[]): readonly Record<string, unknown>[];
  close(): void;
}

interface Cursor extends Iterable<unknown> {
  toArray(): unknown[];
  one(): unknown;
}

interface KeyValues {
  get(key: string): unknown;
  put(key: string, value: unknown): void;
  delete(key: string): boolean;
}

export interface DiskEvents {
  /** Something was written: `confirm` is to be called a little later. */
  readonly onWrite: () => void;
  /** Told before anything that waited for it leaves. */
  readonly onDurable: () => void;
  /** Throws where the disk does not take a write. */
  readonly checkWrite: () => void;
}

export function createDisk({ onWrite, onDurable, checkWrite }: DiskEvents): Disk {
  const database = new DatabaseSync(":memory:");
  database.exec("CREATE TABLE _kv (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID");
  const statements = new Map<string, StatementSync>();
  let waiting: (() => void)[] = [];
  let isDurable = true;
  let alarmAtMs: number | null = null;
  let durableAlarmAtMs: number | null = null;

  const prepare = (query: string): StatementSync => {
    const known = statements.get(query) ?? database.prepare(query);
    statements.set(query, known);
    return known;
  };
  const beforeWrite = (): void => {
    checkWrite();
    if (!isDurable) return;
    isDurable = false;
    database.exec("BEGIN");
    onWrite();
  };
  const exec = (query: string, ...bindings: unknown[]): Cursor => {
    if (!/^\s*SELECT\b/i.test(query)) beforeWrite();
    const rows = prepare(query).all(...(bindings as SQLInputValue[]));
    return {
      toArray: () => rows,
      one: () => {
        if (rows.length !== 1) throw new Error(`expected one row, not ${rows.length}`);
        return rows[0];
      },
      [Symbol.iterator]: () => rows[Symbol.iterator](),
    };
  };

  return {
    sql: { exec },
    kv: {
      get: (key) => {
        const row = prepare("SELECT value FROM _kv WHERE key = ?").get(key);
        return row === undefined ? undefined : deserialize(row.value as Uint8Array);
      },
      put: (key, value) => void exec("INSERT OR REPLACE INTO _kv (key, value) VALUES (?, ?)", key, serialize(value)),
      delete: (key) => exec("DELETE FROM _kv WHERE key = ? RETURNING key", key).toArray().length > 0,
    },
    get alarmAtMs() {
      return alarmAtMs;
    },
    set alarmAtMs(atMs) {
      beforeWrite();
      alarmAtMs = atMs;
    },
    deleteAll: () => {
      beforeWrite();
      const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> '_kv'").all();
      for (const { name } of tables) database.exec(`DROP TABLE "${name}"`);
      database.exec("DELETE FROM _kv");
      statements.clear();
      alarmAtMs = null;
    },
    takeAlarm: () => {
      if (alarmAtMs === durableAlarmAtMs) alarmAtMs = null;
      durableAlarmAtMs = null;
    },
    transactionSync: (work) => {
      beforeWrite();
      database.exec("SAVEPOINT work");
      try {
        return work();
      } catch (error) {
        database.exec("ROLLBACK TO work");
        throw error;
      } finally {
        database.exec("RELEASE work");
      }
    },
    afterDurable: (run) => {
      if (isDurable) run();
      else waiting.push(run);
    },
    get isDurable() {
      return isDurable;
    },
    confirm: () => {
      if (isDurable) return;
      database.exec("COMMIT");
      isDurable = true;
      durableAlarmAtMs = alarmAtMs;
      onDurable();
      const released = waiting;
      waiting = [];
      for (const run of released) run();
    },
    crash: () => {
      waiting = [];
      if (isDurable) return;
      database.exec("ROLLBACK");
      // Statements for tables that were never made, as it turns out.
      statements.clear();
      isDurable = true;
      alarmAtMs = durableAlarmAtMs;
    },
    query: (text, ...bindings) => prepare(text).all(...bindings),
    close: () => database.close(),
  };
}
