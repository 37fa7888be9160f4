import { and, gte, lt } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { apiKeys } from "./schema.ts";

export type KeyRow = typeof apiKeys.$inferSelect;

/** The keys whose ids begin with a tenant's code. The code comes from a key, so the rows say whose they are. */
export async function listKeys(database: D1Database, code: string): Promise<readonly KeyRow[]> {
  // Every character of an id is below "{".
  const isOfCode = and(gte(apiKeys.publicId, code), lt(apiKeys.publicId, `${code}{`));
  return drizzle(database).select().from(apiKeys).where(isOfCode);
}

/** Idempotent. A tenant's object tells of a key one state after the other, never two at a time. */
export async function upsertKey(database: D1Database, row: KeyRow): Promise<void> {
  const { settings, revokedAtMs } = row;
  const changed = { target: apiKeys.publicId, set: { settings, revokedAtMs } };
  await drizzle(database).insert(apiKeys).values(row).onConflictDoUpdate(changed);
}
