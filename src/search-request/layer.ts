import type { RecipeError } from "../recipe.ts";
import { isPreset, PRESETS } from "./presets.ts";

/** What one channel says of the search, by field: "method", "budget.max_rollouts". */
export type Layer = ReadonlyMap<string, Entry>;

export interface Entry {
  readonly value: unknown;
  /** Where in the request it stands, for who has to correct it: "search.method", "X-Search-Budget". */
  readonly param: string;
}

/** Objects that are merged field by field. All others (`params`, `verifier`, ...) only mean something as a whole. */
const GROUPS: readonly string[] = ["budget", "early_stop", "return"];

/** Of a checked `search` object. What is null is not said. */
export function layerOf(search: object, paramOf: (field: string) => string): Layer {
  const fields = Object.entries(search).flatMap(([key, value]): (readonly [string, unknown])[] =>
    GROUPS.includes(key) && value !== null && value !== undefined
      ? Object.entries(value).map(([inner, one]) => [`${key}.${inner}`, one])
      : [[key, value]],
  );
  const said = fields.filter(([, value]) => value !== null && value !== undefined);
  return withPreset(new Map(said.map(([field, value]) => [field, { value, param: paramOf(field) }])));
}

function withPreset(layer: Map<string, Entry>): Layer {
  const preset = layer.get("preset");
  if (preset === undefined || typeof preset.value !== "string" || !isPreset(preset.value)) return layer;
  const plan = Object.entries(PRESETS[preset.value]).map(([field, value]) => [field, { value, param: preset.param }]);
  return new Map([...(plan as [string, Entry][]), ...layer]);
}

/** Per field, the first that says anything. */
export function mergeLayers(layers: readonly Layer[]): Layer {
  return new Map(layers.toReversed().flatMap((layer) => [...layer]));
}

/** The layer as a `search` object. */
export function searchIn(layer: Layer): Readonly<Record<string, unknown>> {
  const search: Record<string, unknown> = {};
  const groups: Record<string, Record<string, unknown>> = {};
  for (const [field, { value }] of layer) {
    const [key = "", inner] = field.split(".");
    if (inner === undefined) search[key] = value;
    else groups[key] = { ...groups[key], [inner]: value };
  }
  return { ...search, ...groups };
}

/** A complaint about the merged `search`, told where the request itself says what is at fault. */
export function relocated(error: RecipeError, layer: Layer): RecipeError {
  const path = error.param.startsWith("search.") ? error.param.slice("search.".length) : null;
  if (path === null) return error;
  const found = [...layer].find(
    ([field]) => path === field || (/^[.[]/.test(path.slice(field.length)) && path.startsWith(field)),
  );
  if (found === undefined) return error;
  const [field, { param }] = found;
  // A header or a suffix has no inside: it is at fault as a whole.
  const moved = param.endsWith(field) ? param + path.slice(field.length) : param;
  return { ...error, param: moved, message: error.message.replaceAll(`'${error.param}'`, `'${moved}'`) };
}
