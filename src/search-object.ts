import { z } from "zod";
import type { AnswerSource } from "./core/answer/answer.ts";
import type { Limits } from "./core/budget.ts";
import type { ParameterIssue } from "./core/parameters.ts";
import { fail, type Result, succeed } from "./core/result.ts";
import { SELECTIONS } from "./core/selection/index.ts";
import type { PromptOverrides } from "./prompts.ts";
import { promptOverridesSchema } from "./providers/prompt-override.ts";
import type { RecipeError } from "./recipe.ts";
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
const MICRODOLLARS_PER_DOLLAR = 1_000_000;

const name = z.string().min(1).max(64);
/** Whatever else it says belongs to the verifier's own schema. */
const verifierSpec = z.looseObject({ type: name, weight: z.number().positive().max(1000).nullish() });
const verifier = z.union([name, verifierSpec]);

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
const schema = z.strictObject({
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
});

/** Parses `search`; a string is a method's name, `false` means none. */
export function parseSearchObject(input: unknown): Result<SearchObject, RecipeError> {
  if (typeof input === "string") return parseSearchObject({ method: input });
  if (input === false) return parseSearchObject({ method: "single" });
  if (input === true) return parseSearchObject({});
  const parsed = schema.safeParse(input ?? {});
  if (!parsed.success) return fail(issueToError(parsed.error.issues[0], "search"));
  const { method, budget, params, selection } = parsed.data;
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
    method: hyphenated(method ?? "auto"),
    verifier: verifierSpecs(parsed.data.verifier ?? "auto"),
    selection: selectionName,
    answer: parsed.data.answer ?? { from: "auto" },
    params: params ?? {},
    prompts: hyphenatedKeys(parsed.data.prompts ?? {}),
    limits: limitsOf(budget ?? {}),
    width: budget?.max_parallel ?? DEFAULT_WIDTH,
  });
}

function limitsOf(budget: NonNullable<z.infer<typeof schema>["budget"]>): Limits {
  const { max_rollouts, max_model_calls, max_total_tokens, max_cost_usd, max_wall_ms } = budget;
  return {
    ...(max_rollouts != null && { rollouts: max_rollouts }),
    ...(max_model_calls != null && { calls: max_model_calls }),
    ...(max_total_tokens != null && { tokens: max_total_tokens }),
    ...(max_cost_usd != null && { microdollars: Math.floor(max_cost_usd * MICRODOLLARS_PER_DOLLAR) }),
    ...(max_wall_ms != null && { milliseconds: max_wall_ms }),
  };
}

function verifierSpecs(input: NonNullable<z.infer<typeof schema>["verifier"]>): readonly AskedVerifier[] | null {
  const list = Array.isArray(input) ? input : [input];
  const specs = list.map((one, index): AskedVerifier => {
    const at = Array.isArray(input) ? `search.verifier[${index}]` : "search.verifier";
    if (typeof one === "string") return { type: hyphenated(one), weight: 1, params: {}, at };
    const { type, weight, ...params } = one;
    return { type: hyphenated(type), weight: weight ?? 1, params, at };
  });
  const only = specs.length === 1 ? specs[0]?.type : undefined;
  if (only === "auto") return null;
  return only === "none" ? [] : specs;
}

/** Underscores are accepted for hyphens in every name. */
function hyphenated(text: string): string {
  return text.replaceAll("_", "-");
}

function hyphenatedKeys(prompts: PromptOverrides): PromptOverrides {
  return Object.fromEntries(Object.entries(prompts).map(([name, prompt]) => [hyphenated(name), prompt]));
}

/** The reference answer a request brings in `search.reference`; null where there is none, or none that is valid. */
export function referenceOf(search: unknown): string | null {
  const parsed = schema.safeParse(search ?? {});
  return parsed.success ? (parsed.data.reference ?? null) : null;
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
      return { code: "integer_above_max_value", message: `Invalid '${path}': ${issue.message}.`, param: path };
    case "too_small":
      return { code: "integer_below_min_value", message: `Invalid '${path}': ${issue.message}.`, param: path };
    case "invalid_type":
      return { code: "invalid_type", message: `Invalid type for '${path}': ${issue.message}.`, param: path };
    default:
      return { code: "invalid_value", message: `Invalid value for '${path}': ${issue.message}.`, param: path };
  }
}

function pathOf(root: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : `${text}.${String(key)}`),
    root,
  );
}
