import { z } from "zod";
import { fail, type Result, succeed } from "../core/result.ts";
import { type HedgeSettings, hedgeSchema } from "./hedging/settings.ts";
import { ROUTING_POLICIES } from "./routing/index.ts";
import type { RoutingPolicy } from "./routing/route.ts";

/** How the calls for one model are spread over its providers. */
export interface Routing {
  readonly policy: RoutingPolicy;
  /** Who may serve it, and in which order; empty: all, as configured. */
  readonly providers: readonly string[];
  /** By provider, > 0; 1 for those not named. */
  readonly weights: Readonly<Record<string, number>>;
  /** Null: no call is made twice because it is slow. */
  readonly hedge: HedgeSettings | null;
}

/** By public model id. */
export type RoutingBook = (modelId: string) => Routing;

/** In order, no hedges. */
const DEFAULT_ROUTING: Routing = { policy: ROUTING_POLICIES[0], providers: [], weights: {}, hedge: null };
export const DEFAULT_BOOK: RoutingBook = () => DEFAULT_ROUTING;

/** The entry that holds for every model without one of its own. */
const EVERY_MODEL = "*";

const routingSchema = z.strictObject({
  policy: z.enum(ROUTING_POLICIES.map(({ name }) => name)).default("order"),
  providers: z.array(z.string().min(1)).default([]),
  weights: z.record(z.string(), z.number().gt(0).max(1_000_000)).default({}),
  hedge: z
    .union([hedgeSchema, z.literal(true).transform(() => hedgeSchema.parse({}))])
    .nullable()
    .default(null),
});

const bookSchema = z.record(z.string(), routingSchema);

/**
 * Reads the Worker variable ROUTING: a JSON object from model ids (or "*") to how they are routed. Strict: a provider that
 * does not exist, or does not serve the model, is told.
 */
export function parseRouting(
  json: string,
  providers: readonly { readonly name: string; readonly models: readonly { readonly id: string }[] }[],
): Result<RoutingBook, string> {
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch {
    return fail("ROUTING is not valid JSON");
  }
  const parsed = bookSchema.safeParse(raw);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${["ROUTING", ...issue.path].join(".")}: ${issue.message}`);
    return fail(lines.join("; "));
  }
  const book = new Map<string, Routing>();
  for (const [id, { policy: name, ...rest }] of Object.entries(parsed.data)) {
    const policy = ROUTING_POLICIES.find((one) => one.name === name);
    if (policy === undefined) throw new Error(`no routing policy ${name}`);
    const serving = providers.filter(({ models }) => id === EVERY_MODEL || models.some((model) => model.id === id));
    if (serving.length === 0) return fail(`ROUTING.${id}: no provider serves this model`);
    for (const named of [...rest.providers, ...Object.keys(rest.weights)]) {
      if (!serving.some((one) => one.name === named))
        return fail(`ROUTING.${id}: '${named}' does not serve this model`);
    }
    book.set(id, { policy, ...rest });
  }
  const otherwise = book.get(EVERY_MODEL) ?? DEFAULT_ROUTING;
  return succeed((id) => book.get(id) ?? otherwise);
}
