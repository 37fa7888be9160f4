/** Rows of one kind, each as JSON under its id. */
export interface Table<Row> {
  get(id: string): Row | null;
  put(id: string, row: Row): void;
  delete(id: string): void;
  /** In the order of their ids. */
  all(): readonly Row[];
  ids(): readonly string[];
}

/** `name` is a word of ours: it goes into the SQL as it is. */
export function createTable<Row>(sql: SqlStorage, name: string): Table<Row> {
  sql.exec(`CREATE TABLE IF NOT EXISTS ${name} (id TEXT NOT NULL PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID`);
  return {
    get: (id) => {
      const [row] = sql.exec<{ json: string }>(`SELECT json FROM ${name} WHERE id = ?`, id).toArray();
      return row === undefined ? null : (JSON.parse(row.json) as Row);
    },
    put: (id, row) => {
      const onConflict = "ON CONFLICT (id) DO UPDATE SET json = excluded.json";
      sql.exec(`INSERT INTO ${name} (id, json) VALUES (?, ?) ${onConflict}`, id, JSON.stringify(row));
    },
    delete: (id) => void sql.exec(`DELETE FROM ${name} WHERE id = ?`, id),
    all: () =>
      sql
        .exec<{ json: string }>(`SELECT json FROM ${name} ORDER BY id`)
        .toArray()
        .map(({ json }) => JSON.parse(json) as Row),
    ids: () =>
      sql
        .exec<{ id: string }>(`SELECT id FROM ${name} ORDER BY id`)
        .toArray()
        .map(({ id }) => id),
  };
}
