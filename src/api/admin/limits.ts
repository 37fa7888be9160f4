import { z } from "zod";
import type { LimitsState } from "../../../durable-objects/tenant/administration/protocol.ts";
import { fail, type Result, succeed } from "../../core/result.ts";
import { dollarsToNanodollars, nanodollarsToDollars } from "../../ledger/money.ts";
import { type AppContext, respondWithError } from "../context.ts";
import type { ApiError } from "../errors.ts";
import { administer } from "./administer.ts";
import { readBody } from "./body.ts";
import { dollarsField } from "./fields.ts";
import { allowedSchema, allowedToWire, defined } from "./keys.ts";
import { idToScope, scopeField, scopeToId } from "./spending-scope.ts";

const countField = z.number().int().min(0).max(1_000_000).nullable().meta({ description: "Null does not limit." });
const rateField = z
  .number()
  .int()
  .min(0)
  .max(1_000_000_000_000)
  .nullable()
  .meta({ description: "Null does not limit." });

export const limitsUpdateSchema = z.strictObject({
  requests_per_minute: rateField.optional(),
  tokens_per_minute: rateField.optional(),
  parallel_searches: countField.optional(),
  parallel_calls: countField.optional(),
  max_cost_per_search_usd: dollarsField.nullable().optional(),
  allowed: allowedSchema.optional(),
});

export const limitsSchema = z.object({
  object: z.literal("limits"),
  scope: z.string(),
  requests_per_minute: z.number().nullable(),
  tokens_per_minute: z.number().nullable(),
  parallel_searches: z.number().nullable(),
  parallel_calls: z.number().nullable(),
  max_cost_per_search_usd: z.number().nullable(),
  allowed: allowedSchema,
  in_use: z.object({ parallel_searches: z.number(), parallel_calls: z.number() }),
});

/** GET /v1/admin/limits: of all scopes that have some. */
export async function listLimits(context: AppContext): Promise<Response> {
  const listed = await administer(context, "limits.list", {});
  if (!listed.ok) return respondWithError(context, listed.error);
  return context.json({ object: "list", data: listed.value.map(limitsToWire) });
}

/** GET /v1/admin/limits/{scope}. */
export async function getLimits(context: AppContext): Promise<Response> {
  const scopeId = await askedScope(context);
  if (!scopeId.ok) return respondWithError(context, scopeId.error);
  return respond(context, await administer(context, "limits.get", { scopeId: scopeId.value }));
}

/** POST /v1/admin/limits/{scope}: what is not named stays as it is, null takes a limit away. */
export async function updateLimits(context: AppContext): Promise<Response> {
  const scopeId = await askedScope(context);
  if (!scopeId.ok) return respondWithError(context, scopeId.error);
  const body = await readBody(context, limitsUpdateSchema);
  if (!body.ok) return respondWithError(context, body.error);
  const { requests_per_minute, tokens_per_minute, parallel_searches, parallel_calls, allowed } = body.value;
  const { max_cost_per_search_usd: most } = body.value;
  const change = {
    ...(requests_per_minute !== undefined && { requestsPerMinute: requests_per_minute }),
    ...(tokens_per_minute !== undefined && { tokensPerMinute: tokens_per_minute }),
    ...(parallel_searches !== undefined && { parallelSearches: parallel_searches }),
    ...(parallel_calls !== undefined && { parallelCalls: parallel_calls }),
    ...(most !== undefined && { nanodollarsPerSearch: most === null ? null : dollarsToNanodollars(most) }),
    ...(allowed !== undefined && { allowed: defined(allowed) }),
  };
  return respond(context, await administer(context, "limits.set", { scopeId: scopeId.value, change }));
}

/** DELETE /v1/admin/limits/{scope}: takes all of them away. */
export async function clearLimits(context: AppContext): Promise<Response> {
  const scopeId = await askedScope(context);
  if (!scopeId.ok) return respondWithError(context, scopeId.error);
  const done = await administer(context, "limits.clear", { scopeId: scopeId.value });
  if (!done.ok) return respondWithError(context, done.error);
  return context.json({ object: "limits.deleted", id: idToScope(scopeId.value), deleted: true });
}

/** What is no scope at all is none that there is. */
async function askedScope(context: AppContext): Promise<Result<string, ApiError>> {
  const asked = context.req.param("scope") ?? "";
  if (!scopeField.safeParse(asked).success) return fail({ type: "thing-not-found", thing: "scope", id: asked });
  return succeed(await scopeToId(asked, context.get("tenant").id));
}

function respond(context: AppContext, done: Result<LimitsState, ApiError>): Response {
  return done.ok ? context.json(limitsToWire(done.value)) : respondWithError(context, done.error);
}

function limitsToWire({ scope, use }: LimitsState) {
  const most = scope.nanodollarsPerSearch;
  return {
    object: "limits",
    scope: idToScope(scope.scopeId),
    requests_per_minute: scope.requestsPerMinute,
    tokens_per_minute: scope.tokensPerMinute,
    parallel_searches: scope.parallelSearches,
    parallel_calls: scope.parallelCalls,
    max_cost_per_search_usd: most === null ? null : nanodollarsToDollars(most),
    allowed: allowedToWire(scope),
    in_use: { parallel_searches: use?.openSearches ?? 0, parallel_calls: use?.openCalls ?? 0 },
  } satisfies z.output<typeof limitsSchema>;
}
