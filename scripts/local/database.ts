import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { D1Database } from "@cloudflare/workers-types";
import { ROOT } from "../run.ts";

const FOLDER = join(ROOT, "migrations");

/** Where wrangler notes which migrations a database has. */
export const MIGRATIONS_TABLE =
  "CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)";

export interface Migration {
  readonly name: string;
  /** To be run as one batch; the last notes the migration in the table. */
  readonly statements: readonly { readonly sql: string; readonly params: readonly string[] }[];
}

/** Applies what of `migrations/` is missing, in order. */
export async function migrate(database: D1Database): Promise<void> {
  await database.prepare(MIGRATIONS_TABLE).run();
  const { results } = await database.prepare("SELECT name FROM d1_migrations").all<{ name: string }>();
  const applied = new Set(results.map(({ name }) => name));
  for (const { name, statements } of readMigrations()) {
    if (applied.has(name)) continue;
    await database.batch(statements.map(({ sql, params }) => database.prepare(sql).bind(...params)));
  }
}

/** All of `migrations/`, in order. */
export function readMigrations(): Migration[] {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith(".sql"));
  return names.sort().map((name) => {
    const statements = readFileSync(join(FOLDER, name), "utf8").split("--> statement-breakpoint");
    const note = { sql: "INSERT INTO d1_migrations (name) VALUES (?)", params: [name] };
    return { name, statements: [...statements.map((sql) => ({ sql, params: [] })), note] };
  });
}
