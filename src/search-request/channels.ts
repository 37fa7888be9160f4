import { fail, type Result, succeed } from "../core/result.ts";
import type { RecipeError } from "../recipe.ts";
import { checkSearch } from "../search-object.ts";
import { type Layer, layerOf, relocated, searchIn } from "./layer.ts";
import { optillmMethod, shortPlanOf } from "./names.ts";

/** One function per place in a request that may speak of the search. Message text is not among them, and never will be. */

type Body = Readonly<Record<string, unknown>>;
type Read = Result<Layer, RecipeError>;
type Said = { readonly field: string; readonly value: unknown; readonly param: string };

/** Top-level parameters of a body that are read here; `metadata` has other uses, too. */
export const SEARCH_PARAMETERS: readonly string[] = [
  "search",
  "budget",
  "best_of",
  "max_cost",
  "optillm_approach",
  "reasoning",
  "reasoning_effort",
  "metadata",
];

const NOTHING_SAID: Layer = new Map();

/** `search` itself: an object, a method's name, or a boolean. */
export function ofBody({ search }: Body): Read {
  return ofValue(search, "search");
}

function ofValue(value: unknown, root: string): Read {
  if (value === null || value === undefined) return succeed(NOTHING_SAID);
  const checked = checkSearch(value, root);
  if (!checked.ok) return checked;
  return succeed(layerOf(checked.value, (field) => (typeof value === "object" ? `${root}.${field}` : root)));
}

/** A header is no place for a document. */
const MAX_HEADER_LENGTH = 8192;

/** `X-Search` (JSON or a method's name), over which `X-Search-Method` and `X-Search-Budget: rollouts=16,usd=0.25` win. */
export function ofHeaders(headers: Pick<Headers, "get">): Read {
  const said: Said[] = [];
  const method = headers.get("x-search-method");
  if (method !== null) said.push({ field: "method", value: method.trim(), param: "X-Search-Method" });
  for (const part of headers.get("x-search-budget")?.split(",") ?? []) {
    const [name = "", value = ""] = part.split("=").map((side) => side.trim());
    const field = Object.hasOwn(BUDGET_WORDS, name) ? BUDGET_WORDS[name] : undefined;
    if (field === undefined || !isNumber(value)) {
      const message = `Invalid header 'X-Search-Budget': '${part.trim()}' is not one of ${Object.keys(BUDGET_WORDS).join(", ")} with '=' and a number.`;
      return fail({ code: "invalid_value", message, param: "X-Search-Budget" });
    }
    said.push({ field: `budget.${field}`, value: Number(value), param: "X-Search-Budget" });
  }
  const own = ofSaid(said);
  const whole = ofHeader(headers.get("x-search"));
  if (!own.ok || !whole.ok) return own.ok ? whole : own;
  return succeed(new Map([...whole.value, ...own.value]));
}

const BUDGET_WORDS: Readonly<Record<string, string>> = {
  rollouts: "max_rollouts",
  calls: "max_model_calls",
  tokens: "max_total_tokens",
  usd: "max_cost_usd",
  ms: "max_wall_ms",
  parallel: "max_parallel",
};

function ofHeader(text: string | null): Read {
  const value = text?.trim() ?? "";
  if (value === "") return succeed(NOTHING_SAID);
  if (value.length > MAX_HEADER_LENGTH) {
    return fail({ code: "invalid_value", message: "Invalid header 'X-Search': it is too long.", param: "X-Search" });
  }
  if (!/^(\{|true$|false$)/.test(value)) return ofValue(value, "X-Search");
  try {
    return ofValue(JSON.parse(value), "X-Search");
  } catch {
    return fail({ code: "invalid_value", message: "Invalid header 'X-Search': not valid JSON.", param: "X-Search" });
  }
}

/** `metadata["search.max_rollouts"]`; its values are strings, and its other keys are the client's own. */
export function ofMetadata({ metadata }: Body): Read {
  if (typeof metadata !== "object" || metadata === null) return succeed(NOTHING_SAID);
  const said: Said[] = [];
  for (const [key, text] of Object.entries(metadata)) {
    if (!key.startsWith("search.")) continue;
    const param = `metadata.${key}`;
    const name = key.slice("search.".length);
    const field = METADATA_FIELDS.find((one) => one === name || one === `budget.${name}`);
    if (field === undefined) {
      return fail({ code: "unknown_parameter", message: `Unknown parameter: '${param}'.`, param });
    }
    if (typeof text !== "string") {
      return fail({ code: "invalid_type", message: `Invalid type for '${param}': expected a string.`, param });
    }
    said.push({ field, value: isNumber(text) && field.includes(".") ? Number(text) : text, param });
  }
  return ofSaid(said);
}

const METADATA_FIELDS: readonly string[] = [
  "method",
  "preset",
  ...Object.values(BUDGET_WORDS).map((field) => `budget.${field}`),
  "early_stop.score",
  "early_stop.agreement",
  "verifier",
  "selection",
  "answer",
  "reference",
  "on_budget",
  "on_disconnect",
  "return.candidates",
  "return.trace",
  "usage",
];

/** Parameters that other services have for the same: its_hub's `budget`, optillm's approach, OpenAI's `best_of`. */
export function ofAliases(body: Body): Read {
  const { budget, best_of: bestOf, max_cost: maxCost, optillm_approach: approach, n } = body;
  const said: Said[] = [];
  const say = (field: string, value: unknown, param: string): void => void said.push({ field, value, param });
  if (isSaid(budget)) say("budget.max_rollouts", budget, "budget");
  if (isSaid(bestOf)) {
    if (typeof bestOf === "number" && typeof n === "number" && bestOf < n) {
      const message = "Invalid 'best_of': it must not be less than 'n'.";
      return fail({ code: "invalid_value", message, param: "best_of" });
    }
    say("budget.max_rollouts", bestOf, "best_of");
    say("method", "best-of-n", "best_of");
  }
  if (isSaid(maxCost)) say("budget.max_cost_usd", maxCost, "max_cost");
  if (isSaid(approach)) {
    const method = optillmMethod(approach, "optillm_approach");
    if (!method.ok) return method;
    say("method", method.value, "optillm_approach");
  }
  const mode = inner(body.reasoning, "mode");
  if (mode === "pro") say("preset", "deep", "reasoning.mode");
  else if (isSaid(mode) && mode !== "standard") return fail(unknownValue(mode, ["standard", "pro"], "reasoning.mode"));
  return ofSaid(said);
}

/** `/v1/bon-16/chat/completions`: for clients that can only set a base URL. */
export function ofPath(path: string): Read {
  const word = /([^/]+)\/(?:chat\/completions|(?<!chat\/)completions|responses)\/?$/.exec(path)?.[1] ?? "";
  if (word === "" || word === VERSION) return succeed(NOTHING_SAID);
  const plan = shortPlanOf(word);
  if (plan !== null) return ofSaid(saidBy(plan, "path"));
  const message = `Invalid path: '${word}' is no preset and no method with a number of candidates.`;
  return fail({ code: "invalid_value", message, param: "path" });
}

const VERSION = "v1";

/** What the model's suffix or prefix says. */
export function ofModel(plan: object): Read {
  return ofSaid(saidBy(plan, "model"));
}

function saidBy(plan: object, param: string): Said[] {
  return [...layerOf(plan, () => param)].map(([field, entry]) => ({ field, ...entry }));
}

/** WIRE.md 4.4: for clients whose only dial it is. `medium` says nothing: it is what many of them always send. */
const EFFORTS: Readonly<Record<string, string | null>> = {
  none: "off",
  minimal: "off",
  low: "fast",
  medium: null,
  high: "balanced",
  xhigh: "deep",
  max: "max",
};

export function ofEffort(body: Body): Read {
  const nested = inner(body.reasoning, "effort");
  const effort = body.reasoning_effort ?? nested;
  const param = effort === nested ? "reasoning.effort" : "reasoning_effort";
  if (!isSaid(effort)) return succeed(NOTHING_SAID);
  if (typeof effort !== "string" || !Object.hasOwn(EFFORTS, effort)) {
    return fail(unknownValue(effort, Object.keys(EFFORTS), param));
  }
  const preset = EFFORTS[effort];
  return preset === null ? succeed(NOTHING_SAID) : ofSaid([{ field: "preset", value: preset, param }]);
}

/** Checks single fields as if they stood in `search`, and names them by where they do stand. */
function ofSaid(said: readonly Said[]): Read {
  const layer = new Map(said.map(({ field, value, param }) => [field, { value, param }]));
  const checked = checkSearch(searchIn(layer), "search");
  if (!checked.ok) return fail(relocated(checked.error, layer));
  return succeed(layerOf(checked.value, (field) => layer.get(field)?.param ?? "search"));
}

function unknownValue(value: unknown, known: readonly string[], param: string): RecipeError {
  const message = `Invalid value: ${typeof value === "string" ? `'${value}'` : typeof value}. Supported values are: ${known.join(", ")}.`;
  return { code: "invalid_value", message, param };
}

function inner(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}

function isSaid(value: unknown): boolean {
  return value !== null && value !== undefined;
}

function isNumber(text: string): boolean {
  return /^\d{1,12}(\.\d{1,9})?$/.test(text);
}
