/**
 * How long what is left of an ended search is kept, each in days from its end. The tree is the log in the search's own
 * object, with everything that is asked of it by its id; the archive is that log in R2; the rows are those in D1.
 */
export interface Retention {
  /** In [1, 3650]: an idempotency key must find its search for a day. */
  readonly treeDays: number;
  /** In [0, 3650]; 0: it is never archived. */
  readonly archiveDays: number;
  /** In [1, 3650]. */
  readonly rowDays: number;
}

/** OpenAI keeps stored completions and responses for 30 days. */
export const DEFAULT_RETENTION: Retention = { treeDays: 30, archiveDays: 90, rowDays: 400 };

/** Per field: least and most. */
export const RETENTION_BOUNDS: { readonly [Field in keyof Retention]: readonly [number, number] } = {
  treeDays: [1, 3650],
  archiveDays: [0, 3650],
  rowDays: [1, 3650],
};

const DAY_MS = 24 * 3_600_000;

/** What a tenant says of it, over the defaults. */
export function retentionOf(said: Partial<Retention> | undefined): Retention {
  return { ...DEFAULT_RETENTION, ...said };
}

export interface RetentionEnds {
  readonly treeMs: number;
  readonly archiveMs: number;
  readonly rowsMs: number;
}

export function retentionEnds({ treeDays, archiveDays, rowDays }: Retention, endedAtMs: number): RetentionEnds {
  const after = (days: number): number => endedAtMs + days * DAY_MS;
  return { treeMs: after(treeDays), archiveMs: after(archiveDays), rowsMs: after(rowDays) };
}
