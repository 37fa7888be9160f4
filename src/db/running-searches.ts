import { and, asc, desc, eq, gt, inArray, lt } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { runningSearches } from "./schema.ts";
import { chunk, isOlder, type SearchPlace } from "./searches.ts";

export type RunningSearch = typeof runningSearches.$inferSelect;

/** Idempotent. One that comes after its search has been told of is taken away by the sweeper. */
export async function insertRunningSearch(database: D1Database, row: RunningSearch): Promise<void> {
  await drizzle(database).insert(runningSearches).values(row).onConflictDoNothing();
}

/** D1 takes 100 parameters per statement. */
const IDS_AT_ONCE = 90;

export async function deleteRunningSearches(database: D1Database, ids: readonly string[]): Promise<void> {
  for (const some of chunk(ids, IDS_AT_ONCE)) {
    await drizzle(database).delete(runningSearches).where(inArray(runningSearches.id, some));
  }
}

export interface SweepPage {
  /** Those after this id; "" for the first. */
  readonly after: string;
  /** Begun before. */
  readonly beforeMs: number;
  readonly limit: number;
}

/** By id, of all tenants: for the sweeper alone. */
export function pageOfRunning(database: D1Database, { after, beforeMs, limit }: SweepPage): Promise<RunningSearch[]> {
  const isOnPage = and(gt(runningSearches.id, after), lt(runningSearches.createdAtMs, beforeMs));
  return drizzle(database).select().from(runningSearches).where(isOnPage).orderBy(asc(runningSearches.id)).limit(limit);
}

/** Newest first. */
export function listRunning(
  database: D1Database,
  tenantId: string,
  limit: number,
  after?: SearchPlace,
): Promise<RunningSearch[]> {
  const isBeyond = after === undefined ? undefined : isOlder(runningSearches, after);
  return drizzle(database)
    .select()
    .from(runningSearches)
    .where(and(eq(runningSearches.tenantId, tenantId), isBeyond))
    .orderBy(desc(runningSearches.createdAtMs), desc(runningSearches.id))
    .limit(limit);
}
