import { type Env, providersOf } from "../../env.ts";
import { findModel, type ModelConfig, type ProviderConfig } from "../../providers/config.ts";
import { modelAsked } from "../../search-request/model.ts";
import { PRESET_NAMES } from "../../search-request/presets.ts";
import { type AppContext, respondWithError } from "../context.ts";

/**
 * Every model, and every preset of it as an id of its own: in many user interfaces the model's name is the only dial. The
 * methods' suffixes work as well and are not listed.
 */
export function listModels(context: AppContext): Response {
  const data = configured(context.env).flatMap((one) => {
    const { id } = one.model;
    return [toWire(one, id), ...PRESET_NAMES.map((preset) => toWire(one, `${id}:${preset}`))];
  });
  return context.json({ object: "list", data });
}

/** Ids contain `/` and `:` and arrive raw or as %2F. Whatever can be asked for is a model, listed or not. */
export function getModel(context: AppContext): Response {
  const id = context.req.param("id") ?? "";
  const providers = providersOf(context.env);
  const asked = modelAsked(id, (base) => findModel(providers, base) !== null);
  const found = asked.ok ? findModel(providers, asked.value.base) : null;
  if (found === null) return respondWithError(context, { type: "model-not-found", model: id });
  return context.json(toWire(found, id));
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

function toWire({ provider, model }: Configured, id: string) {
  return { id, object: "model", created: CREATED, owned_by: provider.name, description: model.description };
}
