import { type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";

/** What usage can be broken down by; a day is one of UTC, a project that of the key. */
export const USAGE_DIMENSIONS = ["day", "project", "key", "model", "method"] as const;

export type UsageDimension = (typeof USAGE_DIMENSIONS)[number];

export interface UsageQuery {
  readonly tenantId: string;
  /** Milliseconds since 1970: searches that began in [fromMs, toMs). */
  readonly fromMs: number;
  readonly toMs: number;
  /** At least one: a sum over everything has a dimension of one value. */
  readonly groupBy: readonly UsageDimension[];
  /** Only what has these values. */
  readonly where: Readonly<Partial<Record<UsageDimension, string>>>;
  /** The values of the last group of the page before; null: from the beginning. */
  readonly after: readonly string[] | null;
  readonly limit: number;
}

/** "" where there is none: a tenant's keys may have no project, and old searches no key. */
export type UsageGroup = Readonly<Partial<Record<UsageDimension, string>>>;

export interface UsageRow {
  readonly group: UsageGroup;
  readonly searches: number;
  readonly calls: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** What the providers billed. */
  readonly microdollars: number;
}

const EXPRESSIONS: Readonly<Record<UsageDimension, SQL>> = {
  day: sql`strftime('%Y-%m-%d', s.created_at_ms / 1000, 'unixepoch')`,
  project: sql`coalesce(json_extract(k.settings, '$.projectId'), '')`,
  key: sql`coalesce(s.key_id, '')`,
  model: sql`s.model`,
  method: sql`s.method`,
};

/** Ended searches by group, in the order of the groups' values. */
export async function readUsage(database: D1Database, query: UsageQuery): Promise<readonly UsageRow[]> {
  const names = query.groupBy.map((one) => sql.identifier(one));
  const groups = query.groupBy.map((one) => EXPRESSIONS[one]);
  const columns = query.groupBy.map((one) => sql`${EXPRESSIONS[one]} AS ${sql.identifier(one)}`);
  const beyond =
    query.after === null ? sql`1` : sql`(${join(names)}) > (${join(query.after.map((value) => sql`${value}`))})`;
  const rows = await drizzle(database).all<Record<string, string | number>>(sql`
    SELECT * FROM (
      SELECT ${join(columns)}, count(*) AS searches, sum(s.calls) AS calls, sum(s.prompt_tokens) AS prompt_tokens,
        sum(s.completion_tokens) AS completion_tokens, sum(s.microdollars) AS microdollars
      FROM ${SEARCHES} WHERE ${conditionsOf(query)} GROUP BY ${join(groups)}
    ) WHERE ${beyond} ORDER BY ${join(names)} LIMIT ${query.limit}`);
  return rows.map((row) => ({
    group: groupOf(query.groupBy, row),
    searches: Number(row.searches),
    calls: Number(row.calls),
    promptTokens: Number(row.prompt_tokens),
    completionTokens: Number(row.completion_tokens),
    microdollars: Number(row.microdollars),
  }));
}

/** Tokens of one group's searches for one model, while one price was in force. */
export interface RatedTokens {
  readonly group: UsageGroup;
  readonly model: string;
  /** When the price began. */
  readonly effectiveFromMs: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
}

/**
 * Tokens of all calls, by group, the model that was asked for, and which of its prices was in force when the search began.
 * `starts`: per model, rising. At most so many models at once as D1 binds parameters.
 */
export async function readRatedTokens(
  database: D1Database,
  query: UsageQuery,
  model: string,
  starts: readonly number[],
): Promise<readonly RatedTokens[]> {
  const groups = query.groupBy.map((one) => EXPRESSIONS[one]);
  const columns = query.groupBy.map((one) => sql`${EXPRESSIONS[one]} AS ${sql.identifier(one)}`);
  // Latest first. Integers of ours: a table of prices may have more rows than D1 binds parameters.
  const cases = [...starts]
    .reverse()
    .map((start) => sql.raw(`WHEN s.created_at_ms >= ${Math.trunc(start)} THEN ${Math.trunc(start)}`));
  const rows = await drizzle(database).all<Record<string, string | number>>(sql`
    SELECT ${join(columns)}, CASE ${sql.join(cases, sql` `)} ELSE -1 END AS effective_from_ms,
      sum(a.prompt_tokens) AS prompt_tokens, sum(a.cached_tokens) AS cached_tokens,
      sum(a.completion_tokens) AS completion_tokens
    FROM ${SEARCHES} JOIN attempts a ON a.search_id = s.id
    WHERE ${conditionsOf(query)} AND s.model = ${model}
    GROUP BY ${join(groups)}, effective_from_ms HAVING effective_from_ms >= 0`);
  return rows.map((row) => ({
    group: groupOf(query.groupBy, row),
    model,
    effectiveFromMs: Number(row.effective_from_ms),
    promptTokens: Number(row.prompt_tokens),
    cachedTokens: Number(row.cached_tokens),
    completionTokens: Number(row.completion_tokens),
  }));
}

const SEARCHES = sql`searches s LEFT JOIN api_keys k ON k.public_id = s.key_id AND k.tenant_id = s.tenant_id`;

function conditionsOf({ tenantId, fromMs, toMs, where }: UsageQuery): SQL {
  const conditions = [
    sql`s.tenant_id = ${tenantId}`,
    sql`s.created_at_ms >= ${fromMs}`,
    sql`s.created_at_ms < ${toMs}`,
    ...USAGE_DIMENSIONS.flatMap((one) => {
      const value = where[one];
      return value === undefined ? [] : [sql`${EXPRESSIONS[one]} = ${value}`];
    }),
  ];
  return sql.join(conditions, sql` AND `);
}

function groupOf(groupBy: readonly UsageDimension[], row: Readonly<Record<string, string | number>>): UsageGroup {
  return Object.fromEntries(groupBy.map((one) => [one, String(row[one])]));
}

function join(parts: readonly SQL[] | readonly ReturnType<typeof sql.identifier>[]): SQL {
  return sql.join([...parts], sql`, `);
}
