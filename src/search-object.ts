import { z } from "zod";
import type { AnswerSource } from "./core/answer/answer.ts";
import type { Limits } from "./core/budget.ts";
import type { EarlyStop } from "./core/early-stop.ts";
import type { ParameterIssue } from "./core/parameters.ts";
import { fail, type Result, succeed } from "./core/result.ts";
import { SELECTIONS } from "./core/selection/index.ts";
import { microdollarsWithin } from "./ledger/money.ts";
import type { PromptOverrides } from "./prompts.ts";
import { promptOverridesSchema } from "./providers/prompt-override.ts";
import type { RecipeError } from "./recipe.ts";
import { hyphenated, methodNamed, verifierNamed, verifierParams } from "./search-request/aliases.ts";
import { layerOf, searchIn } from "./search-request/layer.ts";
import { PRESET_NAMES } from "./search-request/presets.ts";
import { patternSchema } from "./verifiers/pattern.ts";

/** The request's `search` (WIRE.md 4.2), in our own words: names with hyphens, limits in the core's units. */
export interface SearchObject {
  /** A method's name, or "auto". */
  readonly method: string;
  /** Null leaves the choice to the service; [] asks for none. */
  readonly verifier: readonly AskedVerifier[] | null;
  /** A name in `core/selection/index.ts`; null is the method's own. */
  readonly selection: string | null;
  readonly answer: AnswerSource;
  readonly params: unknown;
  readonly prompts: PromptOverrides;
  readonly limits: Limits;
  readonly width: number;
  /** The client wants a search, whatever its method: by a preset, or by more candidates than one. */
  readonly isWanted: boolean;
  /** Public ids of the models that propose; [] is the request's own. */
  readonly models: readonly string[];
  readonly earlyStop: EarlyStop;
  /** What is above a ceiling or runs out: the best there is, or an error. */
  readonly onBudget: "best" | "error";
  /** What becomes of the search when nobody waits for it any more; null leaves it to the service. */
  readonly onDisconnect: OnDisconnect | null;
  readonly reply: Reply;
}

export type OnDisconnect = "cancel" | "finish";

/** How much of the search its answer shows. */
export interface Reply {
  /** Candidates in the `search` block, the served one first. */
  readonly candidates: number;
  /** What OpenAI's own fields of `usage` count: the returned answer, or the whole search. */
  readonly usage: "answer" | "total";
  /** The tree in the `search` block: without its texts, or whole. Absent in older recipes, as is the next. */
  readonly trace?: "none" | "summary" | "full";
  /** What the search does is told while it runs, as reasoning, where the answer is streamed. */
  readonly hasProgress?: boolean;
}

/** A verifier as the request names it: its own parameters not looked at yet. */
export interface AskedVerifier {
  readonly type: string;
  readonly weight: number;
  readonly params: Readonly<Record<string, unknown>>;
  /** Where in the request: "search.verifier" or "search.verifier[1]". */
  readonly at: string;
}

const DEFAULT_WIDTH = 8;

const name = z.string().min(1).max(64);
/** Whatever else it says belongs to the verifier's own schema. */
const verifierSpec = z.looseObject({ type: name, weight: z.number().positive().max(1000).nullish() });
const verifier = z.union([name, verifierSpec]);

/** In (0, 1]. */
const share = z.number().gt(0).max(1);

const field = z.string().min(1).max(200).optional();

/** Where the final answer is; a string is short for `{"from": string}`. */
const answer = z.preprocess(
  (input) => (typeof input === "string" ? { from: input } : input),
  z.discriminatedUnion("from", [
    z.strictObject({ from: z.enum(["auto", "marked", "boxed", "text"]) }),
    z.strictObject({ from: z.literal("json"), field }),
    z.strictObject({ from: z.literal("tool"), tool: name.optional(), field }),
    z.strictObject({ from: z.literal("pattern"), pattern: patternSchema }),
  ]),
);

/** Strict inside: an unknown key is an error, since a misspelt budget must not become an unlimited one. */
export const searchSchema = z.strictObject({
  method: name.nullish(),
  budget: z
    .strictObject({
      max_rollouts: z.int().min(1).max(1024).nullish(),
      max_model_calls: z.int().min(1).max(100_000).nullish(),
      max_total_tokens: z.int().min(1).max(100_000_000).nullish(),
      max_cost_usd: z.number().positive().max(10_000).nullish(),
      max_wall_ms: z.int().min(100).max(3_600_000).nullish(),
      max_parallel: z.int().min(1).max(64).nullish(),
    })
    .nullish(),
  verifier: z.union([verifier, z.array(verifier).max(8)]).nullish(),
  selection: name.nullish(),
  answer: answer.nullish(),
  params: z.looseObject({}).nullish(),
  prompts: promptOverridesSchema.nullish(),
  reference: z.string().min(1).max(10_000).nullish(),
  preset: z.enum(PRESET_NAMES).nullish(),
  models: z.array(z.string().min(1).max(200)).min(1).max(16).nullish(),
  early_stop: z.strictObject({ score: share.nullish(), agreement: share.nullish() }).nullish(),
  on_budget: z.enum(["best", "error"]).nullish(),
  on_disconnect: z.enum(["cancel", "finish"]).nullish(),
  return: z
    .strictObject({
      trace: z.enum(["none", "summary", "full"]).nullish(),
      candidates: z.int().min(0).max(128).nullish(),
      progress: z.boolean().nullish(),
    })
    .nullish(),
  usage: z.enum(["answer", "total"]).nullish(),
});

/** A `search` as it is written, checked: names as the client spells them, presets not yet filled in. */
export type WireSearch = z.infer<typeof searchSchema>;

/** Checks what may stand for `search`: an object, a method's name, `false` for none, `true` for the service's choice. */
export function checkSearch(input: unknown, root: string): Result<WireSearch, RecipeError> {
  if (typeof input === "string") return checkSearch({ method: input }, root);
  if (typeof input === "boolean") return succeed({ preset: input ? "balanced" : "off" });
  const parsed = searchSchema.safeParse(input ?? {});
  if (!parsed.success) return fail(issueToError(parsed.error.issues[0], root));
  return succeed(parsed.data);
}

/** Parses `search`, its preset filled in. */
export function parseSearchObject(input: unknown): Result<SearchObject, RecipeError> {
  const checked = checkSearch(input, "search");
  if (!checked.ok) return checked;
  // The layer of one channel alone, which also fills in its preset.
  const search = searchIn(layerOf(checked.value, (field) => field)) as WireSearch;
  const { method, budget, params, selection, preset } = search;
  const selectionName = selection === null || selection === undefined ? null : hyphenated(selection);
  if (selectionName !== null && !SELECTIONS.some(({ name }) => name === selectionName)) {
    const known = SELECTIONS.map(({ name }) => name).join(", ");
    return fail({
      code: "invalid_value",
      message: `Invalid value: '${selection}'. Supported values are: ${known}.`,
      param: "search.selection",
    });
  }
  return succeed({
    method: methodNamed(method ?? "auto"),
    verifier: verifierSpecs(search.verifier ?? "auto"),
    selection: selectionName,
    answer: search.answer ?? { from: "auto" },
    params: params ?? {},
    prompts: hyphenatedKeys(search.prompts ?? {}),
    limits: limitsOf(budget ?? {}),
    width: budget?.max_parallel ?? DEFAULT_WIDTH,
    isWanted: (preset != null && preset !== "off") || (budget?.max_rollouts ?? 1) > 1,
    models: search.models ?? [],
    earlyStop: { score: search.early_stop?.score ?? null, agreement: search.early_stop?.agreement ?? null },
    onBudget: search.on_budget ?? "best",
    onDisconnect: search.on_disconnect ?? null,
    reply: {
      candidates: search.return?.candidates ?? 0,
      usage: search.usage ?? "answer",
      trace: search.return?.trace ?? "none",
      hasProgress: search.return?.progress ?? false,
    },
  });
}

function limitsOf(budget: NonNullable<z.infer<typeof searchSchema>["budget"]>): Limits {
  const { max_rollouts, max_model_calls, max_total_tokens, max_cost_usd, max_wall_ms } = budget;
  return {
    ...(max_rollouts != null && { rollouts: max_rollouts }),
    ...(max_model_calls != null && { calls: max_model_calls }),
    ...(max_total_tokens != null && { tokens: max_total_tokens }),
    ...(max_cost_usd != null && { microdollars: microdollarsWithin(max_cost_usd) }),
    ...(max_wall_ms != null && { milliseconds: max_wall_ms }),
  };
}

function verifierSpecs(input: NonNullable<z.infer<typeof searchSchema>["verifier"]>): readonly AskedVerifier[] | null {
  const list = Array.isArray(input) ? input : [input];
  const specs = list.map((one, index): AskedVerifier => {
    const at = Array.isArray(input) ? `search.verifier[${index}]` : "search.verifier";
    if (typeof one === "string") return { type: verifierNamed(one), weight: 1, params: {}, at };
    const { type, weight, ...params } = one;
    const name = verifierNamed(type);
    return { type: name, weight: weight ?? 1, params: verifierParams(name, params), at };
  });
  const [only] = specs.length === 1 ? specs : [];
  // With parameters it is no choice left open: it is told as a name that nobody has, and not passed over.
  if (only?.type === "auto" && Object.keys(only.params).length === 0) return null;
  return only?.type === "none" && Object.keys(only.params).length === 0 ? [] : specs;
}

function hyphenatedKeys(prompts: PromptOverrides): PromptOverrides {
  return Object.fromEntries(Object.entries(prompts).map(([name, prompt]) => [hyphenated(name), prompt]));
}

/** The reference answer a request brings in `search.reference`; null where there is none, or none that is valid. */
export function referenceOf(search: unknown): string | null {
  const checked = checkSearch(search, "search");
  return checked.ok ? (checked.value.reference ?? null) : null;
}

/** A schema's complaint in OpenAI's words, with the path of the field at fault. */
export function issueToError(issue: ParameterIssue | undefined, root: string): RecipeError {
  if (issue === undefined) return { code: "invalid_value", message: `Invalid value for '${root}'.`, param: root };
  const path = pathOf(root, issue.path);
  switch (issue.code) {
    case "unrecognized_keys": {
      const param = pathOf(path, issue.keys?.slice(0, 1) ?? []);
      return { code: "unknown_parameter", message: `Unknown parameter: '${param}'.`, param };
    }
    case "too_big":
      return { code: boundCode(issue.origin, "above"), message: `Invalid '${path}': ${issue.message}.`, param: path };
    case "too_small":
      return { code: boundCode(issue.origin, "below"), message: `Invalid '${path}': ${issue.message}.`, param: path };
    case "invalid_type":
      return { code: "invalid_type", message: `Invalid type for '${path}': ${issue.message}.`, param: path };
    default:
      return { code: "invalid_value", message: `Invalid value for '${path}': ${issue.message}.`, param: path };
  }
}

function boundCode(origin: string | undefined, side: "above" | "below"): RecipeError["code"] {
  if (origin === "string") return side === "above" ? "string_above_max_length" : "string_below_min_length";
  if (origin === "array") return side === "above" ? "array_above_max_length" : "array_below_min_length";
  return side === "above" ? "integer_above_max_value" : "integer_below_min_value";
}

function pathOf(root: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : `${text}.${String(key)}`),
    root,
  );
}
