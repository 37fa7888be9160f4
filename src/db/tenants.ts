import { asc, eq, gt } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { tenants } from "./schema.ts";

export type TenantRow = typeof tenants.$inferSelect;

/** Idempotent: a tenant that is listed stays as it was listed. */
export async function insertTenant(database: D1Database, row: TenantRow): Promise<void> {
  await drizzle(database).insert(tenants).values(row).onConflictDoNothing();
}

export async function renameTenant(database: D1Database, id: string, name: string): Promise<void> {
  await drizzle(database).update(tenants).set({ name }).where(eq(tenants.id, id));
}

/** By id, those after `after`. */
export async function listTenants(database: D1Database, after: string, limit: number): Promise<TenantRow[]> {
  return drizzle(database).select().from(tenants).where(gt(tenants.id, after)).orderBy(asc(tenants.id)).limit(limit);
}
