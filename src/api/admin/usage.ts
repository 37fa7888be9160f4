import { z } from "zod";
import { fail, type Result, succeed } from "../../core/result.ts";
import {
  type RatedTokens,
  readRatedTokens,
  readUsage,
  USAGE_DIMENSIONS,
  type UsageDimension,
  type UsageGroup,
  type UsageQuery,
  type UsageRow,
} from "../../db/usage.ts";
import { tenantCodeOf } from "../../ledger/keys/tenant-code.ts";
import { microdollarsToNanodollars, nanodollarsToDollars } from "../../ledger/money.ts";
import { costOf, type Price, priceAt, usageOf } from "../../ledger/prices.ts";
import { type AppContext, respondWithError } from "../context.ts";
import type { ApiError } from "../errors.ts";
import { administer } from "./administer.ts";
import { usageToCsv } from "./csv.ts";
import { secondsToMs } from "./fields.ts";

export const usageRowSchema = z.object({
  object: z.literal("usage"),
  day: z.string().optional().meta({ description: "Of UTC, as `2026-11-22`." }),
  project: z.string().optional().meta({ description: '"" for keys without one.' }),
  key: z.string().optional(),
  model: z.string().optional(),
  method: z.string().optional(),
  searches: z.number(),
  model_calls: z.number(),
  prompt_tokens: z.number(),
  completion_tokens: z.number(),
  cost_usd: z.number().meta({ description: "What the providers billed." }),
  charge_usd: z
    .number()
    .nullable()
    .meta({ description: "All tokens at the tenant's own prices of the model asked for; null where it has none." }),
});

export const usageSchema = z.object({
  object: z.literal("list"),
  data: z.array(usageRowSchema),
  has_more: z.boolean(),
  next: z.string().nullable().meta({ description: "`after` of the next page." }),
});

export type WireUsage = z.output<typeof usageRowSchema>;

/**
 * GET /v1/admin/usage?group_by=day,key&from=...&to=...: of ended searches, which D1 knows a moment after their end. JSON, or
 * CSV with `format=csv` or where only that is accepted. A key that is bound to a project sees that project's.
 */
export async function getUsage(context: AppContext): Promise<Response> {
  const parsed = parseQuery(context);
  if (!parsed.ok) return respondWithError(context, parsed.error);
  const query = parsed.value;
  const prices = await administer(context, "price.list", {});
  // Whoever may not read prices is told no charges.
  const listed = prices.ok ? prices.value.map(({ price }) => price) : [];
  const rows = await readUsage(context.env.DB, { ...query, limit: query.limit + 1 });
  const shown = rows.slice(0, query.limit);
  const charges = chargesOf(await ratedTokens(context, query, listed), listed, query.tenantId);
  const data = shown.map((row) => rowToWire(row, charges.get(keyOf(row.group)) ?? null));
  const last = shown.at(-1);
  const hasMore = rows.length > query.limit;
  const next = hasMore && last !== undefined ? toCursor(query, last.group) : null;
  if (isCsvWanted(context)) {
    const headers = { "content-type": "text/csv; charset=utf-8", ...(next !== null && { "x-next": next }) };
    return context.body(usageToCsv(query.groupBy, data), 200, headers);
  }
  return context.json({ object: "list", data, has_more: hasMore, next });
}

async function ratedTokens(
  context: AppContext,
  query: UsageQuery,
  prices: readonly Price[],
): Promise<readonly RatedTokens[]> {
  const models = [...new Set(prices.map(({ model }) => model))];
  const rated = models.map((model) => {
    const starts = prices.filter((one) => one.model === model).map(({ effectiveFromMs }) => effectiveFromMs);
    return readRatedTokens(
      context.env.DB,
      query,
      model,
      starts.sort((a, b) => a - b),
    );
  });
  return (await Promise.all(rated)).flat();
}

/** Nanodollars by group: of each model and price the tokens are summed before they are rated, and rounded once. */
export function chargesOf(
  rated: readonly RatedTokens[],
  prices: readonly Price[],
  tenantId: string,
): ReadonlyMap<string, number> {
  const charges = new Map<string, number>();
  for (const { group, model, effectiveFromMs, promptTokens, cachedTokens, completionTokens } of rated) {
    const price = priceAt(prices, model, tenantId, effectiveFromMs);
    if (price === null) continue;
    const reported = { promptTokens, cachedTokens, completionTokens, cacheWriteTokens: 0, reasoningTokens: 0 };
    const key = keyOf(group);
    charges.set(key, (charges.get(key) ?? 0) + costOf(price, usageOf(reported)).nanodollars);
  }
  return charges;
}

export function keyOf(group: UsageGroup): string {
  return JSON.stringify(USAGE_DIMENSIONS.map((one) => group[one] ?? null));
}

const MOST_GROUPS = 1000;
const DEFAULT_GROUPS = 100;
const DEFAULT_DAYS = 30;
const DAY_MS = 86_400_000;

function parseQuery(context: AppContext): Result<UsageQuery, ApiError> {
  const { id: tenantId, projectId } = context.get("tenant");
  const read = (name: string) => context.req.query(name);
  const groupBy = (read("group_by") ?? "day").split(",");
  if (!groupBy.every(isDimension) || new Set(groupBy).size < groupBy.length) {
    return invalid("group_by", `expected some of ${USAGE_DIMENSIONS.join(", ")}, separated by commas`);
  }
  const nowMs = Date.now();
  const toMs = timeOf(read("to")) ?? nowMs + 1;
  const fromMs = timeOf(read("from")) ?? Math.max(0, toMs - DEFAULT_DAYS * DAY_MS);
  if (!Number.isSafeInteger(fromMs) || fromMs < 0) return invalid("from", "expected Unix seconds");
  if (!Number.isSafeInteger(toMs) || toMs < fromMs) return invalid("to", "expected Unix seconds, not before 'from'");
  const limit = Number(read("limit") ?? DEFAULT_GROUPS);
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > MOST_GROUPS) {
    return invalid("limit", `expected an integer from 1 to ${MOST_GROUPS}`);
  }
  const where = Object.fromEntries(
    USAGE_DIMENSIONS.flatMap((one) => {
      const value = one === "project" && projectId !== null ? projectId : read(one);
      return value === undefined ? [] : [[one, value]];
    }),
  );
  const query = { tenantId, fromMs, toMs, groupBy, where, limit };
  const cursor = read("after") || null;
  const after = cursor === null ? null : fromCursor(query, cursor);
  if (cursor !== null && after === null) return invalid("after", "it is not the cursor of such a list of yours");
  return succeed({ ...query, after });
}

function isDimension(name: string): name is UsageDimension {
  return USAGE_DIMENSIONS.some((one) => one === name);
}

/** NaN for what is no time. */
function timeOf(seconds: string | undefined): number | null {
  return seconds === undefined ? null : secondsToMs(Number(seconds || Number.NaN));
}

/** Says whose it is and of what list: another's is refused, and says nothing that its owner was not shown. */
function toCursor({ tenantId, groupBy }: Pick<UsageQuery, "tenantId" | "groupBy">, group: UsageGroup): string {
  const values = groupBy.map((one) => group[one] ?? "");
  return encodeURIComponent(JSON.stringify([tenantCodeOf(tenantId), groupBy.join(), ...values]));
}

function fromCursor({ tenantId, groupBy }: Pick<UsageQuery, "tenantId" | "groupBy">, cursor: string): string[] | null {
  try {
    const parsed: unknown = JSON.parse(decodeURIComponent(cursor));
    if (!Array.isArray(parsed) || !parsed.every((one) => typeof one === "string")) return null;
    const [code, of, ...values] = parsed;
    const isOwn = code === tenantCodeOf(tenantId) && of === groupBy.join() && values.length === groupBy.length;
    return isOwn ? values : null;
  } catch {
    return null;
  }
}

function rowToWire(row: UsageRow, charge: number | null): WireUsage {
  return {
    object: "usage",
    ...row.group,
    searches: row.searches,
    model_calls: row.calls,
    prompt_tokens: row.promptTokens,
    completion_tokens: row.completionTokens,
    cost_usd: nanodollarsToDollars(microdollarsToNanodollars(row.microdollars)),
    charge_usd: charge === null ? null : nanodollarsToDollars(charge),
  };
}

function isCsvWanted(context: AppContext): boolean {
  const accept = context.req.header("accept") ?? "";
  return context.req.query("format") === "csv" || (accept.includes("text/csv") && !accept.includes("json"));
}

function invalid(param: string, reason: string): Result<never, ApiError> {
  const message = `Invalid '${param}': ${reason}.`;
  return fail({ type: "invalid-parameter", code: "invalid_value", message, param });
}
