import { desc, eq, getTableColumns, type Table } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";

import type { SearchRows } from "./project.ts";
import { attempts, candidates, searches } from "./schema.ts";

/** D1's limit per statement. */
const BOUND_PARAMETERS = 100;

/**
 * Writes an ended search in one batch (one transaction). Idempotent by primary key: a search delivered twice leaves the
 * rows of the first delivery, which are the same.
 */
export async function insertSearch(database: D1Database, rows: SearchRows): Promise<void> {
  const db = drizzle(database);
  await db.batch([
    db.insert(searches).values(rows.search).onConflictDoNothing(),
    ...chunksOf(candidates, rows.candidates).map((chunk) => db.insert(candidates).values(chunk).onConflictDoNothing()),
    ...chunksOf(attempts, rows.attempts).map((chunk) => db.insert(attempts).values(chunk).onConflictDoNothing()),
  ]);
}

export type SearchRow = typeof searches.$inferSelect;

/** Newest first. */
export async function listSearches(database: D1Database, tenantId: string, limit: number): Promise<SearchRow[]> {
  return drizzle(database)
    .select()
    .from(searches)
    .where(eq(searches.tenantId, tenantId))
    .orderBy(desc(searches.createdAtMs))
    .limit(limit);
}

/** Rows per statement such that no statement passes the limit of bound parameters. */
function chunksOf<Row>(table: Table, rows: readonly Row[]): Row[][] {
  return chunk(rows, Math.floor(BOUND_PARAMETERS / Object.keys(getTableColumns(table)).length));
}

export function chunk<Row>(rows: readonly Row[], size: number): Row[][] {
  const chunks: Row[][] = [];
  for (let from = 0; from < rows.length; from += size) chunks.push(rows.slice(from, from + size));
  return chunks;
}
