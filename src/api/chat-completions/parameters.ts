import { z } from "zod";
import type { ApiError } from "../errors.ts";
import { toolFields, toolsOf } from "./tools.ts";

/**
 * The parameters of a chat completion that say nothing to the search: what a provider may understand, and what nobody
 * here can do (WIRE.md 1.2). Null is the same as absent everywhere.
 */
export const parameterFields = {
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  logit_bias: z.record(z.string(), z.number().min(-100).max(100)).nullish(),
  verbosity: z.enum(["low", "medium", "high"]).nullish(),
  response_format: z.looseObject({ type: z.enum(["text", "json_object", "json_schema"]) }).nullish(),
  modalities: z.array(z.string()).nullish(),
  user: z.string().nullish(),
  safety_identifier: z.string().nullish(),
  prompt_cache_key: z.string().nullish(),
  ...toolFields,
};

/** Forwarded as they came. Names of others' are among them: whoever sends one knows the provider. */
const FORWARDED = [
  "response_format",
  "frequency_penalty",
  "presence_penalty",
  "logit_bias",
  "verbosity",
  "reasoning_effort",
  "prompt_cache_options",
  "prompt_cache_retention",
  "top_k",
  "min_p",
  "repetition_penalty",
  "chat_template_kwargs",
] as const;

/** OpenAI's own that make no difference to an answer of ours, or only to its price: the tier used is the default one. */
const WITHOUT_EFFECT = ["prediction", "service_tier"] as const;

/** Nobody here does it, and an answer without it is not what was asked for. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  audio: "Answers are text.",
  moderation: "Answers are not moderated here.",
  web_search_options: "There is no web search here; 'search' is a search over answers.",
};

/** Every name beside those of the schema that is not passed over in silence: for `X-Strict-Params`. */
export const PARAMETER_NAMES: readonly string[] = [...FORWARDED, ...WITHOUT_EFFECT, ...Object.keys(UNSUPPORTED)];

type Body = z.infer<z.ZodObject<typeof parameterFields>> & Readonly<Record<string, unknown>>;

export function unsupportedParameter(body: Body): ApiError | null {
  const modality = body.modalities?.find((name) => name !== "text");
  if (modality !== undefined) {
    const message = `Unsupported value: 'modalities' does not support '${modality}'. Supported values are: 'text'.`;
    return { type: "invalid-parameter", code: "unsupported_value", message, param: "modalities" };
  }
  const found = Object.entries(UNSUPPORTED).find(([name]) => body[name] !== null && body[name] !== undefined);
  if (found === undefined) return null;
  const [param, why] = found;
  const message = `Unsupported parameter: '${param}' is not supported by this service. ${why}`;
  return { type: "invalid-parameter", code: "unsupported_parameter", message, param };
}

/** Where else it may stand. */
const NESTED: Readonly<Partial<Record<(typeof FORWARDED)[number], (body: Body) => unknown>>> = {
  reasoning_effort: ({ reasoning }) => reasoningSchema.safeParse(reasoning).data?.effort,
};

const reasoningSchema = z.looseObject({ effort: z.string().nullish() });

/** Without what is null or empty: `tools: []` is refused by some providers and means nothing. */
export function forwardedOf(body: Body): Record<string, unknown> {
  const said = FORWARDED.map((name): [string, unknown] => [name, body[name] ?? NESTED[name]?.(body)]);
  return { ...Object.fromEntries(said.filter(([, value]) => value !== null && value !== undefined)), ...toolsOf(body) };
}
