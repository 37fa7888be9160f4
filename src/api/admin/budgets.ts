import { z } from "zod";
import type { BudgetState } from "../../../durable-objects/tenant/administration/protocol.ts";
import type { Result } from "../../core/result.ts";
import { dollarsToNanodollars, nanodollarsToDollars } from "../../ledger/money.ts";
import type { Period } from "../../ledger/period.ts";
import { type AppContext, respondWithError } from "../context.ts";
import type { ApiError } from "../errors.ts";
import { pageOf, parsePageQuery } from "../paging.ts";
import { administer } from "./administer.ts";
import { readBody } from "./body.ts";
import {
  createId,
  dollarsField,
  idField,
  msToSeconds,
  msToSecondsOrNull,
  secondsField,
  secondsToMs,
} from "./fields.ts";
import { idToScope, scopeField, scopeToId } from "./spending-scope.ts";

const periodSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("calendar"),
    unit: z.enum(["day", "week", "month"]),
    time_zone: z.string().max(100).default("UTC").meta({ description: "An IANA name, as `Europe/Berlin`." }),
  }),
  z.strictObject({ type: z.literal("rolling"), seconds: z.number().int().min(1).max(31_622_400) }),
  z.strictObject({ type: z.literal("lifetime") }),
]);

const thresholdsSchema = z
  .array(z.number().int().min(1).max(100))
  .max(16)
  .meta({ description: "Rising percentages: webhooks are told once per window that so much is spent." });

export const budgetCreateSchema = z.strictObject({
  scope: scopeField,
  amount_usd: dollarsField,
  period: periodSchema.meta({ description: "Never changes in the life of a budget." }),
  thresholds: thresholdsSchema.default([50, 80, 100]),
});

export const budgetUpdateSchema = z.strictObject({
  amount_usd: dollarsField.optional(),
  thresholds: thresholdsSchema.optional(),
});

export const topUpSchema = z.strictObject({
  id: idField.optional().meta({ description: "The same id again adds nothing." }),
  amount_usd: dollarsField,
  expires_at: secondsField.nullable().default(null),
});

const dollars = z.number();

export const budgetSchema = z.object({
  object: z.literal("budget"),
  id: z.string(),
  scope: z.string(),
  period: periodSchema,
  amount_usd: dollars,
  thresholds: z.array(z.number()),
  window_start: z.number(),
  window_end: z.number(),
  posted_usd: dollars.meta({ description: "Spent in this window." }),
  reserved_usd: dollars.meta({ description: "Held by searches that run." }),
  free_usd: dollars.meta({ description: "What can be granted now, top-ups included." }),
  top_ups: z.array(
    z.object({
      id: z.string(),
      amount_usd: dollars,
      posted_usd: dollars,
      reserved_usd: dollars,
      expires_at: z.number().nullable(),
    }),
  ),
});

/** POST /v1/admin/budgets. */
export async function createBudget(context: AppContext): Promise<Response> {
  const body = await readBody(context, budgetCreateSchema);
  if (!body.ok) return respondWithError(context, body.error);
  const { scope, amount_usd, period, thresholds } = body.value;
  const budget = {
    budgetId: createId("budget"),
    scopeId: await scopeToId(scope, context.get("tenant").id),
    period: toPeriod(period),
    nanodollars: dollarsToNanodollars(amount_usd),
    thresholdPercents: thresholds,
  };
  return respond(context, await administer(context, "budget.create", budget));
}

/** GET /v1/admin/budgets: of all scopes, or of `scope` alone. */
export async function listBudgets(context: AppContext): Promise<Response> {
  const query = parsePageQuery((name) => context.req.query(name), "asc");
  if (!query.ok) return respondWithError(context, query.error);
  const scope = context.req.query("scope");
  const scopeId = scope === undefined ? null : await scopeToId(scope, context.get("tenant").id);
  const listed = await administer(context, "budget.list", { scopeId });
  if (!listed.ok) return respondWithError(context, listed.error);
  const page = pageOf(listed.value.map(budgetToWire), query.value);
  return page.ok ? context.json(page.value) : respondWithError(context, page.error);
}

/** GET /v1/admin/budgets/{id}. */
export async function getBudget(context: AppContext): Promise<Response> {
  return respond(context, await administer(context, "budget.get", { budgetId: askedId(context) }));
}

/** POST /v1/admin/budgets/{id}: raises it, lowers it, or changes its thresholds. A lowered one ends no search that runs. */
export async function updateBudget(context: AppContext): Promise<Response> {
  const body = await readBody(context, budgetUpdateSchema);
  if (!body.ok) return respondWithError(context, body.error);
  const { amount_usd, thresholds } = body.value;
  const input = {
    budgetId: askedId(context),
    ...(amount_usd !== undefined && { nanodollars: dollarsToNanodollars(amount_usd) }),
    ...(thresholds !== undefined && { thresholdPercents: thresholds }),
  };
  return respond(context, await administer(context, "budget.update", input));
}

/** DELETE /v1/admin/budgets/{id}: nothing is held to it any more. */
export async function deleteBudget(context: AppContext): Promise<Response> {
  const budgetId = askedId(context);
  const done = await administer(context, "budget.delete", { budgetId });
  if (!done.ok) return respondWithError(context, done.error);
  return context.json({ object: "budget.deleted", id: budgetId, deleted: true });
}

/** POST /v1/admin/budgets/{id}/top_ups: money that is spent once, after the window's own. */
export async function topUpBudget(context: AppContext): Promise<Response> {
  const body = await readBody(context, topUpSchema);
  if (!body.ok) return respondWithError(context, body.error);
  const { id = createId("topup"), amount_usd, expires_at } = body.value;
  const expiresAtMs = expires_at === null ? null : secondsToMs(expires_at);
  const added = {
    topUpId: id,
    budgetId: askedId(context),
    nanodollars: dollarsToNanodollars(amount_usd),
    expiresAtMs,
  };
  return respond(context, await administer(context, "budget.top-up", added));
}

function respond(context: AppContext, done: Result<BudgetState, ApiError>): Response {
  return done.ok ? context.json(budgetToWire(done.value)) : respondWithError(context, done.error);
}

function budgetToWire(state: BudgetState) {
  const { budget, windowStartMs, windowEndMs, posted, reserved, free, topUps } = state;
  return {
    object: "budget",
    id: budget.budgetId,
    scope: idToScope(budget.scopeId),
    period: fromPeriod(budget.period),
    amount_usd: nanodollarsToDollars(budget.nanodollars),
    thresholds: [...budget.thresholdPercents],
    window_start: msToSeconds(windowStartMs),
    window_end: msToSeconds(windowEndMs),
    posted_usd: nanodollarsToDollars(posted),
    reserved_usd: nanodollarsToDollars(reserved),
    free_usd: nanodollarsToDollars(free),
    top_ups: topUps.map((one) => ({
      id: one.bucketId.slice(budget.budgetId.length + 1),
      amount_usd: nanodollarsToDollars(one.nanodollars),
      posted_usd: nanodollarsToDollars(one.posted),
      reserved_usd: nanodollarsToDollars(one.reserved),
      expires_at: msToSecondsOrNull(one.expiresAtMs),
    })),
  } satisfies z.output<typeof budgetSchema>;
}

function toPeriod(period: z.output<typeof periodSchema>): Period {
  switch (period.type) {
    case "calendar":
      return { type: "calendar", unit: period.unit, timeZone: period.time_zone };
    case "rolling":
      return { type: "rolling", lengthMs: secondsToMs(period.seconds) };
    case "lifetime":
      return period;
  }
}

function fromPeriod(period: Period): z.output<typeof periodSchema> {
  switch (period.type) {
    case "calendar":
      return { type: "calendar", unit: period.unit, time_zone: period.timeZone };
    case "rolling":
      return { type: "rolling", seconds: period.lengthMs / 1000 };
    case "lifetime":
      return period;
  }
}

function askedId(context: AppContext): string {
  return context.req.param("id") ?? "";
}
