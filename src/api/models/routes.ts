import { supplyOf } from "../../env.ts";
import { plannedProviders, withOwn } from "../../own-providers.ts";
import { findModel, type ProviderConfig } from "../../providers/config.ts";
import { configuredId, type ListedModel, listedModels } from "../../providers/listed-id.ts";
import { modelAsked } from "../../search-request/model.ts";
import { PRESET_NAMES } from "../../search-request/presets.ts";
import { type AppContext, respondWithError } from "../context.ts";

/**
 * Every model, and every preset of it as an id of its own: in many user interfaces the model's name is the only dial. The
 * methods' suffixes work as well and are not listed.
 */
export function listModels(context: AppContext): Response {
  const data = listedModels(servedBy(context)).flatMap((one) => [
    toWire(one, one.listedId),
    ...PRESET_NAMES.map((preset) => toWire(one, `${one.listedId}:${preset}`)),
  ]);
  return context.json({ object: "list", data });
}

/** Ids contain `/` and `:` and arrive raw or as %2F. Whatever can be asked for is a model, listed or not. */
export function getModel(context: AppContext): Response {
  const id = context.req.param("id") ?? "";
  const providers = servedBy(context);
  const asked = modelAsked(id, (spelt) => configuredId(providers, spelt));
  const found = asked.ok ? findModel(providers, asked.value.base) : null;
  if (found === null) return respondWithError(context, { type: "model-not-found", model: id });
  return context.json(toWire(found, id));
}

/** By the deployment, and by what the tenant has brought. */
function servedBy({ env, get }: AppContext): readonly ProviderConfig[] {
  return withOwn(supplyOf(env), plannedProviders(get("tenant").ownModels)).providers;
}

/** Clients want a date, and nobody knows when a model was made: the day of the first release. */
const CREATED = 1_795_305_600;

function toWire({ provider, model }: Pick<ListedModel, "provider" | "model">, id: string) {
  return { id, object: "model", created: CREATED, owned_by: provider.name, description: model.description };
}
