import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { apiKeys } from "./schema.ts";

export type KeyRow = typeof apiKeys.$inferSelect;

/** The one query without a tenant predicate: it is what tells the tenant. */
export async function findKey(database: D1Database, publicId: string): Promise<KeyRow | null> {
  const rows = await drizzle(database).select().from(apiKeys).where(eq(apiKeys.publicId, publicId)).limit(1);
  return rows[0] ?? null;
}
