import { z } from "zod";
import type { ListedPrice } from "../../../durable-objects/tenant/administration/protocol.ts";
import { dollarsToMicrodollars, microdollarsToDollars } from "../../ledger/money.ts";
import { type AppContext, respondWithError } from "../context.ts";
import { pageOf, parsePageQuery } from "../paging.ts";
import { administer } from "./administer.ts";
import { readBody } from "./body.ts";
import { createId, msToSeconds, secondsField, secondsToMs } from "./fields.ts";

const perMillionField = z
  .number()
  .min(-1_000_000)
  .max(1_000_000)
  .meta({ description: "US dollars per million tokens, exact to six decimals; negative for a discount." });

export const priceCreateSchema = z.strictObject({
  model: z.string().min(1).max(200),
  effective_from: secondsField.meta({ description: "Unix seconds; in the past only for a model's first price." }),
  input_usd: perMillionField,
  output_usd: perMillionField,
  cached_input_usd: perMillionField.optional().meta({ description: "Left out: as input." }),
  cache_write_usd: perMillionField.optional().meta({ description: "Left out: as input." }),
  reasoning_usd: perMillionField.optional().meta({ description: "Left out: as output." }),
});

export const priceSchema = z.object({
  object: z.literal("price"),
  id: z.string(),
  model: z.string(),
  effective_from: z.number(),
  input_usd: z.number(),
  output_usd: z.number(),
  cached_input_usd: z.number(),
  cache_write_usd: z.number(),
  reasoning_usd: z.number(),
});

/** POST /v1/admin/prices: what the tenant is charged by in usage, from a moment on. */
export async function createPrice(context: AppContext): Promise<Response> {
  const body = await readBody(context, priceCreateSchema);
  if (!body.ok) return respondWithError(context, body.error);
  const { model, effective_from, input_usd, output_usd } = body.value;
  const { cached_input_usd = input_usd, cache_write_usd = input_usd, reasoning_usd = output_usd } = body.value;
  const price = {
    model,
    tenantId: context.get("tenant").id,
    effectiveFromMs: secondsToMs(effective_from),
    perMillionTokens: {
      input: toMicrodollars(input_usd),
      cachedInput: toMicrodollars(cached_input_usd),
      cacheWrite: toMicrodollars(cache_write_usd),
      output: toMicrodollars(output_usd),
      reasoning: toMicrodollars(reasoning_usd),
    },
  };
  const created = await administer(context, "price.create", { priceId: createId("price"), price });
  return created.ok ? context.json(priceToWire(created.value)) : respondWithError(context, created.error);
}

/** GET /v1/admin/prices: by model, then by time. */
export async function listPrices(context: AppContext): Promise<Response> {
  const query = parsePageQuery((name) => context.req.query(name), "asc");
  if (!query.ok) return respondWithError(context, query.error);
  const listed = await administer(context, "price.list", {});
  if (!listed.ok) return respondWithError(context, listed.error);
  const page = pageOf(listed.value.map(priceToWire), query.value);
  return page.ok ? context.json(page.value) : respondWithError(context, page.error);
}

/** DELETE /v1/admin/prices/{id}: only one that has not begun. */
export async function deletePrice(context: AppContext): Promise<Response> {
  const priceId = context.req.param("id") ?? "";
  const done = await administer(context, "price.delete", { priceId });
  if (!done.ok) return respondWithError(context, done.error);
  return context.json({ object: "price.deleted", id: priceId, deleted: true });
}

function toMicrodollars(dollars: number): number {
  return dollarsToMicrodollars(dollars);
}

function priceToWire({ priceId, price }: ListedPrice) {
  const { input, cachedInput, cacheWrite, output, reasoning } = price.perMillionTokens;
  return {
    object: "price",
    id: priceId,
    model: price.model,
    effective_from: msToSeconds(price.effectiveFromMs),
    input_usd: microdollarsToDollars(input),
    output_usd: microdollarsToDollars(output),
    cached_input_usd: microdollarsToDollars(cachedInput),
    cache_write_usd: microdollarsToDollars(cacheWrite),
    reasoning_usd: microdollarsToDollars(reasoning),
  } satisfies z.output<typeof priceSchema>;
}
