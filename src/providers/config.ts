import { z } from "zod";
import { type Capabilities, CONTINUATIONS } from "../core/model.ts";
import { fail, type Result, succeed } from "../core/result.ts";
import { ADAPTER_NAMES, type AdapterName, HTTP_ADAPTERS } from "./adapter.ts";
import { EFFORTS } from "./openai/effort.ts";
import { type PromptOverride, promptOverridesSchema } from "./prompt-override.ts";
import type { AddressRules } from "./public-address.ts";

/** A place that serves models. */
export interface ProviderConfig {
  /** Short name for metering and messages: "local", "openrouter". */
  readonly name: string;
  /** How it is spoken to; absent: OpenAI's chat completions. */
  readonly adapter?: AdapterName | undefined;
  /** Up to and including the version segment, e.g. "http://127.0.0.1:8790/v1"; of a binding, which has none, a name. */
  readonly baseUrl: string;
  readonly apiKey: string | null;
  /** Instead of `apiKey`: a tenant's, which is opened for every call and kept by nobody. */
  readonly sealedKey?: SealedKey | undefined;
  /** What a tenant has written must be a public address; absent: the operator's own, which may be any. */
  readonly addressRules?: AddressRules | undefined;
  readonly models: readonly ModelConfig[];
  /** From the grant of a header slot to the response headers. */
  readonly headerTimeoutMs: number;
  /** Longest silence inside a streamed body. */
  readonly idleTimeoutMs: number;
  /** From the grant of a header slot to the end of the answer, however lively it is; absent: ten minutes. */
  readonly callTimeoutMs?: number | undefined;
  /** Calls that one search has open here at once, from leaving to the end of the answer; absent for no bound. */
  readonly maxConcurrent?: number | undefined;
  /** Where it runs, as a location hint of the platform: searches that ask it are placed there. Absent: near the client. */
  readonly location?: Location | undefined;
}

export interface SealedKey {
  /** Another one for another credential; tells nobody what it is. */
  readonly id: string;
  /** The clear text; null where it cannot be opened (any more). */
  open(): Promise<string | null>;
}

/** The platform's location hints (developers.cloudflare.com/durable-objects/reference/data-location, 2026-06). */
export const LOCATIONS = [
  "wnam",
  "enam",
  "sam",
  "weur",
  "eeur",
  "apac",
  "apac-ne",
  "apac-se",
  "oc",
  "afr",
  "me",
] as const;

export type Location = (typeof LOCATIONS)[number];

export interface ModelConfig {
  /** What clients ask for: "espalier/24". Must avoid the substrings of WIRE.md decision 10. */
  readonly id: string;
  /** What the provider calls it: "espalier-24". */
  readonly upstream: string;
  /** How this one is spoken to; absent: as all of its provider. */
  readonly adapter?: AdapterName | undefined;
  readonly description: string | null;
  readonly capabilities: Capabilities;
  readonly price: Price;
  /** Prompts in the model's own words, by name, in the form of a request's `search.prompts`. */
  readonly prompts: Readonly<Record<string, PromptOverride>>;
}

/** Microdollars per million tokens, as integers; 0 for a model of one's own. */
export interface Price {
  readonly promptMicrodollarsPerMillion: number;
  readonly completionMicrodollarsPerMillion: number;
}

/**
 * Reads the Worker variable PROVIDERS: a JSON array of providers, strict, so that a misspelt field is told instead of
 * ignored. Left out: `upstream` is the id, prices are 0, `n` is found out at the first call. The message names the
 * path and never repeats a value: the text holds API keys.
 */
export function parseProviders(json: string): Result<readonly ProviderConfig[], string> {
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch {
    return fail("PROVIDERS is not valid JSON");
  }
  const parsed = providersSchema.safeParse(raw);
  if (parsed.success) return succeed(parsed.data);
  const lines = parsed.error.issues.map((issue) => `${["PROVIDERS", ...issue.path].join(".")}: ${issue.message}`);
  return fail(lines.join("; "));
}

/** The first provider that serves the public model id, in the order of the configuration. */
export function findModel(
  providers: readonly ProviderConfig[],
  id: string,
): { readonly provider: ProviderConfig; readonly model: ModelConfig } | null {
  for (const provider of providers) {
    const model = provider.models.find((one) => one.id === id);
    if (model !== undefined) return { provider, model };
  }
  return null;
}

/** Where a search with that model should live: by the first of its providers that says where it is. */
export function locationOf(providers: readonly ProviderConfig[], id: string): Location | undefined {
  return providers.find(({ models, location }) => location !== undefined && models.some((one) => one.id === id))
    ?.location;
}

/** A timer's longest delay in every JavaScript runtime: 2^31 - 1 ms. */
const LONGEST_TIMEOUT_MS = 2_147_483_647;
const DEFAULT_TIMEOUT_MS = 60_000;

const timeoutSchema = z.number().int().min(1).max(LONGEST_TIMEOUT_MS).default(DEFAULT_TIMEOUT_MS);
const priceSchema = z.number().int().min(0).default(0);

const modelSchema = z
  .strictObject({
    id: z.string().min(1).max(200),
    upstream: z.string().min(1).max(200).optional(),
    adapter: z.enum(HTTP_ADAPTERS).optional(),
    description: z.string().nullable().default(null),
    capabilities: z
      .strictObject({
        n: z.enum(["honoured", "ignored", "unknown"]).default("unknown"),
        continuation: z.boolean().default(false),
        logprobs: z.boolean().default(false),
        instructions: z.boolean().default(true),
        stepSeparator: z.string().min(1).default("\n\n"),
        stepTokens: z.number().int().min(1).max(1_000_000).nullable().default(null),
        contextTokens: z.number().int().min(1).optional(),
        topLogprobs: z.number().int().min(0).max(20).optional(),
        reasoningInput: z.boolean().optional(),
        tools: z.boolean().optional(),
        jsonSchema: z.boolean().optional(),
        reasoningEfforts: z.array(z.enum(EFFORTS)).optional(),
        promptCacheKey: z.boolean().optional(),
        safetyIdentifier: z.boolean().optional(),
        seed: z.boolean().optional(),
        continuationBy: z.enum(CONTINUATIONS).optional(),
      })
      .prefault({}),
    price: z
      .strictObject({ promptMicrodollarsPerMillion: priceSchema, completionMicrodollarsPerMillion: priceSchema })
      .prefault({}),
    prompts: promptOverridesSchema.default({}),
  })
  .transform((model) => ({ ...model, upstream: model.upstream ?? model.id }));

/** A name that resolves nowhere (RFC 2606), should anything ever call it. */
const BINDING_URL = "https://workers-ai.invalid";

const baseUrlSchema = z
  .string()
  .refine(isBaseUrl, "must be an http or https URL without user, password, query or fragment")
  .transform((url) => url.replace(/\/+$/, ""));

const modelsSchema = z
  .array(modelSchema)
  .min(1)
  .refine((models) => isDistinct(models.map((model) => model.id)), "lists one model id twice");

const LONGEST_KEY = 8192;

/** What can stand in a header: a line feed that was copied along is told here, and not by every call. */
const apiKeySchema = z
  .string()
  .min(1)
  .max(LONGEST_KEY)
  .regex(/^[!-~]+$/, "must be visible ASCII characters")
  .nullable()
  .default(null);

const providerFields = z.strictObject({
  name: z.string().min(1).max(100),
  adapter: z.enum(ADAPTER_NAMES).optional(),
  baseUrl: baseUrlSchema.optional(),
  apiKey: apiKeySchema,
  models: modelsSchema,
  headerTimeoutMs: timeoutSchema,
  idleTimeoutMs: timeoutSchema,
  callTimeoutMs: z.int().min(1).max(LONGEST_TIMEOUT_MS).optional(),
  maxConcurrent: z.int().min(1).optional(),
  location: z.enum(LOCATIONS).optional(),
});

/** The same for one that a tenant brings: over HTTP, since the operator's own bindings are not for tenants. */
export const ownProviderSchema = providerFields.extend({
  adapter: z.enum(HTTP_ADAPTERS).optional(),
  baseUrl: baseUrlSchema,
});

const providerSchema = providerFields
  .refine(({ adapter, baseUrl }) => adapter === "workers-ai" || baseUrl !== undefined, {
    path: ["baseUrl"],
    message: "is missing",
  })
  .refine(
    ({ adapter, baseUrl, apiKey, models }) =>
      adapter !== "workers-ai" ||
      (baseUrl === undefined && apiKey === null && models.every((model) => model.adapter === undefined)),
    { message: "workers-ai is a binding: it has no baseUrl, no apiKey and no other adapter for single models" },
  )
  .transform((provider) => ({ ...provider, baseUrl: provider.baseUrl ?? BINDING_URL }));

const providersSchema = z
  .array(providerSchema)
  .refine((providers) => isDistinct(providers.map((provider) => provider.name)), "lists one provider name twice");

function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const isHttp = url.protocol === "http:" || url.protocol === "https:";
  return isHttp && url.username === "" && url.password === "" && url.search === "" && url.hash === "";
}

function isDistinct(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}
