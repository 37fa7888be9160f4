import { fail, type Result, succeed } from "../core/result.ts";
import type { RecipeError } from "../recipe.ts";
import { ofAliases, ofBody, ofEffort, ofHeaders, ofMetadata, ofModel, ofPath } from "./channels.ts";
import { type Layer, mergeLayers, relocated, searchIn } from "./layer.ts";
import { type FindId, modelAsked } from "./model.ts";

/** Everything in a request that may speak of the search. Its messages are not looked at. */
export interface SearchChannels {
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Pick<Headers, "get">;
  /** Of the URL. */
  readonly path: string;
  /** As the client spells it. */
  readonly model: string;
}

export interface SearchRequest {
  /** The id that the configuration knows. */
  readonly model: string;
  /** One `search` object, whatever it came by. */
  readonly search: Readonly<Record<string, unknown>>;
  /** So few tokens are wanted that no search is made which the request itself does not ask for. */
  readonly isSmall: boolean;
  /** A complaint about `search`, told where this request says what is at fault. */
  relocate(error: RecipeError): RecipeError;
}

/** Answers of at most so many tokens are connection probes, titles and tags: searching over them only costs (WIRE.md 4.4). */
const SMALL_MAX_TOKENS = 32;

/**
 * Reads every channel and merges them per field (WIRE.md 4.3): the body's `search`, headers, metadata, parameters of
 * other services, the URL's path, the model id, the reasoning effort. The earlier wins.
 */
export function searchOf(
  { body, headers, path, model }: SearchChannels,
  configured: FindId,
): Result<SearchRequest, RecipeError> {
  const asked = modelAsked(model, configured);
  if (!asked.ok) return asked;
  const explicit = [ofBody(body), ofHeaders(headers), ofMetadata(body), ofAliases(body), ofPath(path)];
  const layers: Layer[] = [];
  for (const read of [...explicit, ofModel(asked.value.plan), ofEffort(body)]) {
    if (!read.ok) return fail(read.error);
    layers.push(read.value);
  }
  // A model id or an effort is set once for all requests of an application; whoever says more means this one.
  const isExplicit = layers.slice(0, explicit.length).some((layer) => layer.size > 0);
  const layer = mergeLayers(layers);
  return succeed({
    model: asked.value.base,
    search: searchIn(layer),
    isSmall: !isExplicit && maxTokensOf(body) <= SMALL_MAX_TOKENS,
    relocate: (error) => relocated(error, layer),
  });
}

function maxTokensOf(body: Readonly<Record<string, unknown>>): number {
  const maxTokens = body.max_completion_tokens ?? body.max_output_tokens ?? body.max_tokens;
  return typeof maxTokens === "number" ? maxTokens : Infinity;
}
