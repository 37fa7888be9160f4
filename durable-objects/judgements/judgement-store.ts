/**
 * Judgements by key in an object's own SQLite. Bounded without counting or sorting: two generations, the current one written
 * to; when it is full the other is emptied and takes its place, so that what is thrown away is always the older half.
 */
export interface JudgementStore {
  /** In order of the keys; null where nothing is known, or only what is too old. */
  get(keys: readonly string[], nowMs: number): (string | null)[];
  /** What is there already stays, with its age. */
  put(entries: readonly JudgementEntry[], nowMs: number): void;
}

export interface JudgementEntry {
  readonly key: string;
  /** JSON of a `Judgement`. */
  readonly value: string;
}

export interface JudgementBounds {
  /** Rows of one generation. */
  readonly generationRows: number;
  readonly longestAgeMs: number;
}

/** Some 100 bytes a row: 20 MB at most in the two. A model behind one name is rarely the same for longer than a month. */
export const JUDGEMENT_BOUNDS: JudgementBounds = { generationRows: 100_000, longestAgeMs: 30 * 24 * 3_600_000 };

type Storage = Pick<DurableObjectStorage, "sql" | "transactionSync" | "kv">;

/** Which table is written to, and how many rows it has. */
interface Generation {
  readonly current: 0 | 1;
  readonly rows: number;
}

export function createJudgementStore(storage: Storage, bounds: JudgementBounds): JudgementStore {
  const { sql, kv } = storage;
  for (const table of [0, 1]) {
    sql.exec(
      `CREATE TABLE IF NOT EXISTS judgements_${table} (key TEXT PRIMARY KEY, value TEXT NOT NULL, at_ms INTEGER NOT NULL) WITHOUT ROWID`,
    );
  }
  const generation = (): Generation => kv.get<Generation>("generation") ?? { current: 0, rows: 0 };
  const find = (key: string) =>
    sql
      .exec<{ value: string; at_ms: number }>(
        "SELECT value, at_ms FROM judgements_0 WHERE key = ?1 UNION ALL SELECT value, at_ms FROM judgements_1 WHERE key = ?1",
        key,
      )
      .toArray();

  return {
    get: (keys, nowMs) =>
      keys.map((key) => find(key).find(({ at_ms }) => nowMs - at_ms <= bounds.longestAgeMs)?.value ?? null),
    put: (entries, nowMs) =>
      storage.transactionSync(() => {
        let { current, rows } = generation();
        for (const { key, value } of entries) {
          if (find(key).some(({ at_ms }) => nowMs - at_ms <= bounds.longestAgeMs)) continue;
          if (rows >= bounds.generationRows) {
            current = current === 0 ? 1 : 0;
            rows = 0;
            sql.exec(`DELETE FROM judgements_${current}`);
          }
          sql.exec(
            `INSERT OR REPLACE INTO judgements_${current} (key, value, at_ms) VALUES (?, ?, ?)`,
            key,
            value,
            nowMs,
          );
          rows++;
        }
        kv.put("generation", { current, rows } satisfies Generation);
      }),
  };
}
