import { and, asc, desc, eq, isNotNull, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { storedCompletions } from "./schema.ts";

export type StoredCompletionRow = typeof storedCompletions.$inferInsert;

/** Where a completion stands in its tenant's list. The search's id breaks ties in creation time. */
export interface ListPlace {
  readonly searchId: string;
  readonly createdAtMs: number;
}

export interface StoredCompletionQuery {
  readonly order: "asc" | "desc";
  /** What comes after this in that order; null: from the beginning. */
  readonly after: ListPlace | null;
  readonly limit: number;
  readonly model: string | null;
  /** All of these must be there. */
  readonly metadata: readonly (readonly [key: string, value: string])[];
}

/** Idempotent, and in any order: an older revision never takes the place of a newer one. */
export async function upsertStoredCompletion(database: D1Database, row: StoredCompletionRow): Promise<void> {
  const { metadata, revision } = row;
  await drizzle(database)
    .insert(storedCompletions)
    .values(row)
    .onConflictDoUpdate({
      target: storedCompletions.searchId,
      set: { metadata, revision },
      setWhere: sql`excluded.revision > ${storedCompletions.revision}`,
    });
}

/** By creation. What has been deleted is not among them. */
export async function listStoredCompletions(
  database: D1Database,
  tenantId: string,
  query: StoredCompletionQuery,
): Promise<ListPlace[]> {
  const { createdAtMs, searchId, metadata, model } = storedCompletions;
  const direction = query.order === "asc" ? asc : desc;
  return drizzle(database)
    .select({ searchId, createdAtMs })
    .from(storedCompletions)
    .where(
      and(
        eq(storedCompletions.tenantId, tenantId),
        isNotNull(metadata),
        query.after === null ? undefined : isBeyond(query.after, query.order),
        query.model === null ? undefined : eq(model, query.model),
        ...query.metadata.map(hasPair),
      ),
    )
    .orderBy(direction(createdAtMs), direction(searchId))
    .limit(query.limit);
}

function isBeyond({ createdAtMs, searchId }: ListPlace, order: "asc" | "desc"): SQL {
  const place = sql`(${storedCompletions.createdAtMs}, ${storedCompletions.searchId})`;
  return order === "asc"
    ? sql`${place} > (${createdAtMs}, ${searchId})`
    : sql`${place} < (${createdAtMs}, ${searchId})`;
}

/** By `json_each` and not by a path, in which a key of quotes and dots would mean something else. */
function hasPair([key, value]: readonly [string, string]): SQL {
  const pairs = sql`json_each(${storedCompletions.metadata}) AS pair`;
  return sql`EXISTS (SELECT 1 FROM ${pairs} WHERE pair.key = ${key} AND pair.value = ${value})`;
}

/** Also of a completion that has been deleted since, so that a list can be paged while it is being cleared. */
export async function findListPlace(
  database: D1Database,
  tenantId: string,
  searchId: string,
): Promise<ListPlace | null> {
  const rows = await drizzle(database)
    .select({ searchId: storedCompletions.searchId, createdAtMs: storedCompletions.createdAtMs })
    .from(storedCompletions)
    .where(and(eq(storedCompletions.tenantId, tenantId), eq(storedCompletions.searchId, searchId)));
  return rows[0] ?? null;
}
