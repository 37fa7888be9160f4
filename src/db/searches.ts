import { and, desc, eq, getTableColumns, ne, type SQL, sql, type Table } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { SearchRows } from "./project.ts";
import { attempts, candidates, runningSearches, searches, storedCompletions } from "./schema.ts";

/** D1's limit per statement. */
const BOUND_PARAMETERS = 100;

/**
 * Writes an ended search in one batch (one transaction). Idempotent by primary key: a search delivered twice leaves the
 * rows of the first delivery, which are the same. It is no longer among the running ones.
 */
export async function insertSearch(database: D1Database, rows: SearchRows): Promise<void> {
  const db = drizzle(database);
  await db.batch([
    db.insert(searches).values(rows.search).onConflictDoNothing(),
    ...chunksOf(candidates, rows.candidates).map((chunk) => db.insert(candidates).values(chunk).onConflictDoNothing()),
    ...chunksOf(attempts, rows.attempts).map((chunk) => db.insert(attempts).values(chunk).onConflictDoNothing()),
    db.delete(runningSearches).where(eq(runningSearches.id, rows.search.id)),
  ]);
}

/**
 * Takes away what a search has said and was asked, delivered before or not: its candidates, its calls, its answer. A row
 * of what it cost stays, for usage, and stands in the way of a delivery that comes late. Idempotent.
 */
export async function redactSearch(database: D1Database, search: SearchRows["search"]): Promise<void> {
  const redacted = { state: "deleted", answer: null, score: null, seed: 0, recipe: "{}" } as const;
  const db = drizzle(database);
  await db.batch([
    db
      .insert(searches)
      .values({ ...search, ...redacted })
      .onConflictDoUpdate({ target: searches.id, set: redacted }),
    ...deletionsBelow(db, search.id),
  ]);
}

/** What came after a search was redacted. */
export async function deleteLateRows(database: D1Database, searchId: string): Promise<void> {
  const db = drizzle(database);
  await db.batch(deletionsBelow(db, searchId));
}

/** Everything of a search that D1 has. Idempotent. */
export async function deleteSearch(database: D1Database, searchId: string): Promise<void> {
  const db = drizzle(database);
  await db.batch([
    ...deletionsBelow(db, searchId),
    db.delete(storedCompletions).where(eq(storedCompletions.searchId, searchId)),
    db.delete(searches).where(eq(searches.id, searchId)),
  ]);
}

function deletionsBelow(db: ReturnType<typeof drizzle>, searchId: string) {
  return [
    db.delete(candidates).where(eq(candidates.searchId, searchId)),
    db.delete(attempts).where(eq(attempts.searchId, searchId)),
    db.delete(runningSearches).where(eq(runningSearches.id, searchId)),
  ] as const;
}

export type SearchRow = typeof searches.$inferSelect;

/** Where a search stands in a list, the newest first. */
export interface SearchPlace {
  readonly id: string;
  readonly createdAtMs: number;
}

export interface SearchQuery {
  readonly limit: number;
  /** What comes after this; absent: from the newest on. */
  readonly after?: SearchPlace;
  /** Only those that ended so. */
  readonly state?: "completed" | "failed" | "cancelled";
}

/** Ended searches, the newest first. */
export async function listSearches(
  database: D1Database,
  tenantId: string,
  { limit, after, state }: SearchQuery,
): Promise<SearchRow[]> {
  return drizzle(database)
    .select()
    .from(searches)
    .where(
      and(
        eq(searches.tenantId, tenantId),
        state === undefined ? ne(searches.state, "deleted") : eq(searches.state, state),
        after === undefined ? undefined : isOlder(searches, after),
      ),
    )
    .orderBy(desc(searches.createdAtMs), desc(searches.id))
    .limit(limit);
}

export function isOlder(table: typeof searches | typeof runningSearches, { id, createdAtMs }: SearchPlace): SQL {
  return sql`(${table.createdAtMs}, ${table.id}) < (${createdAtMs}, ${id})`;
}

/** Where a search that has ended stands, also one that was deleted; null where D1 has none of that tenant. */
export async function findSearchPlace(
  database: D1Database,
  tenantId: string,
  searchId: string,
): Promise<SearchPlace | null> {
  for (const table of [searches, runningSearches]) {
    const isIt = and(eq(table.tenantId, tenantId), eq(table.id, searchId));
    const [row] = await drizzle(database)
      .select({ id: table.id, createdAtMs: table.createdAtMs })
      .from(table)
      .where(isIt);
    if (row !== undefined) return row;
  }
  return null;
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
