import { type ApiError, errorToWire } from "../errors.ts";
import type { JsonSchema } from "./schema.ts";

/** One of each: a new kind of error does not compile before it has an example, and so can stand in the document. */
const EXAMPLES: { readonly [T in ErrorName]: Extract<ApiError, { type: T }> } = {
  "missing-key": { type: "missing-key" },
  "invalid-key": { type: "invalid-key" },
  "missing-scope": { type: "missing-scope", scope: "keys:write" },
  "thing-not-found": { type: "thing-not-found", thing: "project", id: "proj_0" },
  conflict: { type: "conflict", code: "tenant_exists", message: "There is a tenant 'acme' already.", param: "id" },
  "too-wide": { type: "too-wide", param: "scopes" },
  "webhooks-not-configured": { type: "webhooks-not-configured" },
  "credentials-not-configured": { type: "credentials-not-configured" },
  "lease-refused": {
    type: "lease-refused",
    refusal: {
      type: "too-large",
      limit: "budget",
      scopeId: "project:web",
      budgetId: "monthly",
      most: 1_250_000,
      resetsAtMs: Date.UTC(2027, 0, 1),
    },
  },
  "unknown-url": { type: "unknown-url", method: "POST", path: "/v1/embeddings" },
  "method-not-allowed": { type: "method-not-allowed", method: "GET", path: "/v1/responses", allowed: "POST" },
  "body-too-large": { type: "body-too-large", limitBytes: 20_971_520 },
  "unsupported-body": { type: "unsupported-body", header: "Content-Type", value: "text/plain" },
  "invalid-json": { type: "invalid-json", reason: "it is not an object" },
  "invalid-parameter": {
    type: "invalid-parameter",
    code: "unknown_parameter",
    message: "Unknown parameter: 'search.budget.max_rolouts'.",
    param: "search.budget.max_rolouts",
  },
  "model-not-found": { type: "model-not-found", model: "espalier/nothing" },
  "search-not-found": { type: "search-not-found", searchId: "srch_0" },
  "completion-not-found": { type: "completion-not-found", completionId: "chatcmpl-0" },
  "response-not-found": { type: "response-not-found", responseId: "resp_0" },
  "response-not-in-background": { type: "response-not-in-background" },
  "search-loop": { type: "search-loop" },
  "search-cancelled": { type: "search-cancelled" },
  "idempotency-key-reused": { type: "idempotency-key-reused" },
  "budget-too-small": { type: "budget-too-small", limit: "search.budget.max_wall_ms" },
  "budget-exhausted": { type: "budget-exhausted", limit: "search.budget.max_cost_usd" },
  "no-candidate": { type: "no-candidate" },
  "answer-changed": { type: "answer-changed" },
  upstream: {
    type: "upstream",
    error: { type: "rate-limited", message: "too many requests", retryAfterMs: 20_000, provider: "openai" },
  },
  internal: { type: "internal" },
};

export type ErrorName = ApiError["type"];

/** Whatever a search can end with instead of an answer. */
export const SEARCH_ERRORS = [
  "lease-refused",
  "body-too-large",
  "invalid-json",
  "unsupported-body",
  "invalid-parameter",
  "model-not-found",
  "idempotency-key-reused",
  "search-loop",
  "search-cancelled",
  "budget-too-small",
  "budget-exhausted",
  "no-candidate",
  "upstream",
] as const satisfies readonly ErrorName[];

export const ERROR_SCHEMA: JsonSchema = {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["message", "type", "param", "code"],
      properties: {
        message: { type: "string" },
        type: {
          type: "string",
          enum: ["invalid_request_error", "requests", "tokens", "insufficient_quota", "server_error"],
        },
        param: { type: ["string", "null"], description: "The place in the request, as `search.budget.max_rollouts`." },
        code: { type: ["string", "null"] },
      },
    },
  },
};

const MEANING: Readonly<Record<number, string>> = {
  400: "The request cannot be served as it is; `param` says where.",
  401: "No key, or none that is known.",
  403: "The key may not do that.",
  404: "There is no such thing, or it is another's.",
  405: "The path exists, with another method.",
  409: "It is there already, or is what it cannot be changed from.",
  413: "The body is too large.",
  429: "A limit of the key is reached, or the model's provider is rate limiting; `retry-after` says for how long. `insufficient_quota` does not pass by waiting.",
  500: "A bug of this service.",
  502: "The model's provider failed before there was a single answer.",
};

/** The responses of an operation that may fail in these ways, one per status, every way an example. */
export function errorResponses(names: readonly ErrorName[]): Record<string, { description: string; content: object }> {
  const byStatus = new Map<number, Record<string, unknown>>();
  for (const name of names) {
    const { status, body } = errorToWire(EXAMPLES[name]);
    byStatus.set(status, { ...byStatus.get(status), [name]: { value: body } });
  }
  return Object.fromEntries(
    [...byStatus].map(([status, examples]) => [
      String(status),
      {
        description: MEANING[status] ?? "An error.",
        headers: { "x-request-id": { schema: { type: "string" } } },
        content: { "application/json": { schema: { $ref: "#/components/schemas/Error" }, examples } },
      },
    ]),
  );
}
