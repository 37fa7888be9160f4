import { z } from "zod";
import { RETENTION_BOUNDS, type Retention, retentionOf } from "../../db/retention.ts";

const days = ([least, most]: readonly [number, number]) => z.int().min(least).max(most);

/** How long a tenant's searches are kept, in days from their end (docs/durability.md). */
export const retentionSchema = z.strictObject({
  tree_days: days(RETENTION_BOUNDS.treeDays),
  archive_days: days(RETENTION_BOUNDS.archiveDays).meta({ description: "0: never archived." }),
  row_days: days(RETENTION_BOUNDS.rowDays),
});

/** What is left out stays as it is. */
export const retentionChangeSchema = retentionSchema.partial();

export function wireToRetention(wire: z.output<typeof retentionChangeSchema>): Partial<Retention> {
  const { tree_days: treeDays, archive_days: archiveDays, row_days: rowDays } = wire;
  return {
    ...(treeDays !== undefined && { treeDays }),
    ...(archiveDays !== undefined && { archiveDays }),
    ...(rowDays !== undefined && { rowDays }),
  };
}

/** As it holds, defaults included. */
export function retentionToWire(said: Partial<Retention> | undefined): z.output<typeof retentionSchema> {
  const { treeDays, archiveDays, rowDays } = retentionOf(said);
  return { tree_days: treeDays, archive_days: archiveDays, row_days: rowDays };
}
