import { type Env, providersOf } from "../../env.ts";
import { findModel, type ModelConfig, type ProviderConfig } from "../../providers/config.ts";
import { type AppContext, respondWithError } from "../context.ts";

export function listModels(context: AppContext): Response {
  const data = configured(context.env).map(toWire);
  return context.json({ object: "list", data });
}

/** Ids contain `/` and `:` and arrive raw or as %2F. */
export function getModel(context: AppContext): Response {
  const id = context.req.param("id") ?? "";
  const found = findModel(providersOf(context.env), id);
  if (found === null) return respondWithError(context, { type: "model-not-found", model: id });
  return context.json(toWire(found));
}

interface Configured {
  readonly provider: ProviderConfig;
  readonly model: ModelConfig;
}

/** A model that several providers serve is listed once. */
function configured(env: Env): Configured[] {
  const byId = new Map<string, Configured>();
  for (const provider of providersOf(env)) {
    for (const model of provider.models) if (!byId.has(model.id)) byId.set(model.id, { provider, model });
  }
  return [...byId.values()];
}

/** Clients want a date, and nobody knows when a model was made: the day of the first release. */
const CREATED = 1_795_305_600;

function toWire({ provider, model }: Configured) {
  return { id: model.id, object: "model", created: CREATED, owned_by: provider.name, description: model.description };
}
