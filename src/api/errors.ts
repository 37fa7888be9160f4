import type { ErrorView } from "../../durable-objects/search-tree/protocol.ts";
import { type ClientRefusal, refusalToWire } from "./lease-refusals.ts";

/** Everything that can go wrong for a client, as facts. What it becomes on the wire is decided in one place, below. */
export type ApiError =
  | { readonly type: "missing-key" }
  | { readonly type: "invalid-key" }
  | { readonly type: "missing-scope"; readonly scope: string }
  | { readonly type: "thing-not-found"; readonly thing: string; readonly id: string }
  | { readonly type: "conflict"; readonly code: string; readonly message: string; readonly param: string | null }
  | { readonly type: "too-wide"; readonly param: string }
  | { readonly type: "webhooks-not-configured" }
  | { readonly type: "credentials-not-configured" }
  | { readonly type: "lease-refused"; readonly refusal: ClientRefusal }
  | { readonly type: "unknown-url"; readonly method: string; readonly path: string }
  | { readonly type: "method-not-allowed"; readonly method: string; readonly path: string; readonly allowed: string }
  | { readonly type: "body-too-large"; readonly limitBytes: number }
  | { readonly type: "invalid-json"; readonly reason: string }
  | { readonly type: "unsupported-body"; readonly header: "Content-Type" | "Content-Encoding"; readonly value: string }
  | { readonly type: "invalid-parameter"; readonly code: string; readonly message: string; readonly param: string }
  | { readonly type: "model-not-found"; readonly model: string }
  | { readonly type: "search-not-found"; readonly searchId: string }
  | { readonly type: "completion-not-found"; readonly completionId: string }
  | { readonly type: "response-not-found"; readonly responseId: string }
  | { readonly type: "response-not-in-background" }
  | { readonly type: "search-loop" }
  | { readonly type: "search-cancelled" }
  | { readonly type: "idempotency-key-reused" }
  | { readonly type: "budget-too-small"; readonly limit: string }
  | { readonly type: "budget-exhausted"; readonly limit: string }
  | { readonly type: "no-candidate" }
  | { readonly type: "answer-changed" }
  | { readonly type: "upstream"; readonly error: ErrorView }
  | { readonly type: "internal" };

/** OpenAI's error object: clients rely on all four keys. */
export interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
  };
}

export interface WireError {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 429 | 500 | 502;
  readonly body: ErrorBody;
  readonly headers: Readonly<Record<string, string>>;
}

/** OpenAI's SDKs repeat 429 and 5xx by themselves; this tells them that it would only cost money. */
const NO_RETRY = { "x-should-retry": "false" };

/** The one error table: tag to status, type, code and words (WIRE.md 1.5). */
export function errorToWire(error: ApiError): WireError {
  switch (error.type) {
    case "missing-key":
      return invalid(
        401,
        null,
        "You didn't provide an API key. Send it in the Authorization header: 'Authorization: Bearer esp_...'.",
      );
    case "invalid-key":
      return invalid(401, "invalid_api_key", "Incorrect API key provided. It may be mistyped or revoked.");
    case "missing-scope":
      return invalid(
        403,
        "missing_scope",
        `You have insufficient permissions for this operation. Missing scopes: ${error.scope}. A key's kind bounds them too.`,
      );
    case "thing-not-found":
      return invalid(404, `${error.thing}_not_found`, `There is no ${error.thing.replaceAll("_", " ")} '${error.id}'.`);
    case "conflict":
      return invalid(409, error.code, error.message, error.param, NO_RETRY);
    case "too-wide":
      return invalid(403, "wider_than_creator", WIDER_THAN_CREATOR, error.param);
    case "webhooks-not-configured":
      return invalid(
        400,
        "webhooks_not_configured",
        "This deployment has no WEBHOOK_SIGNING_KEY to sign webhooks with.",
      );
    case "lease-refused": {
      const { status, headers, message, type, code, param } = refusalToWire(error.refusal);
      return { status, headers, body: bodyOf(message, type, code, param) };
    }
    case "credentials-not-configured":
      return invalid(
        400,
        "credentials_not_configured",
        "This deployment has no CREDENTIAL_KEYS to seal credentials with.",
      );
    case "unknown-url":
      return invalid(404, "unknown_url", `Unknown request URL: ${error.method} ${error.path}.`);
    case "method-not-allowed":
      return invalid(
        405,
        "method_not_allowed",
        `Not allowed to ${error.method} on ${error.path}. Use ${error.allowed}.`,
        null,
        { allow: error.allowed },
      );
    case "body-too-large":
      return invalid(413, "request_too_large", `The request body is larger than ${error.limitBytes} bytes.`);
    case "invalid-json":
      return invalid(400, "invalid_json", `We could not parse the JSON body of your request: ${error.reason}.`);
    case "unsupported-body":
      return invalid(
        415,
        error.header === "Content-Type" ? "unsupported_content_type" : "unsupported_content_encoding",
        `Unsupported ${error.header}: '${error.value}'. Send the body as 'application/json', uncompressed.`,
      );
    case "invalid-parameter":
      return invalid(400, error.code, error.message, error.param);
    case "model-not-found":
      return invalid(
        404,
        "model_not_found",
        `The model \`${error.model}\` does not exist or you do not have access to it.`,
        "model",
      );
    case "search-not-found":
      return invalid(404, "search_not_found", `There is no search '${error.searchId}'.`, "search_id");
    case "completion-not-found":
      return invalid(
        404,
        "chat_completion_not_found",
        `Chat completion with id '${error.completionId}' not found. Only those created with 'store' set to true are kept.`,
        "completion_id",
      );
    case "response-not-found":
      return invalid(404, "response_not_found", `Response with id '${error.responseId}' not found.`, "response_id");
    case "response-not-in-background":
      return invalid(
        400,
        "response_not_in_background",
        "Only a response that was created with 'background' set to true can be cancelled.",
      );
    case "idempotency-key-reused":
      return invalid(
        400,
        "idempotency_key_reused",
        "This Idempotency-Key was sent before with a request that asks for something else. Send a new key with it.",
        null,
        NO_RETRY,
      );
    case "search-loop":
      return invalid(
        400,
        "search_loop",
        "This request comes from a search of a search: an Espalier is configured, perhaps by way of others, as its own " +
          "provider.",
        null,
        NO_RETRY,
      );
    case "search-cancelled":
      return invalid(400, "search_cancelled", "The search was cancelled before it had an answer.");
    case "budget-too-small":
      return invalid(
        400,
        "budget_too_small",
        `The search's budget (${error.limit}) was used up before a single answer was complete. Raise it or lower max_tokens.`,
        error.limit,
        NO_RETRY,
      );
    case "budget-exhausted":
      return invalid(
        400,
        "budget_exhausted",
        `The search's budget (${error.limit}) was used up before its plan was carried out, and 'search.on_budget' is 'error'.`,
        error.limit,
        NO_RETRY,
      );
    case "no-candidate":
      return server(502, "no_candidate", "The search ended without an answer: the provider returned no usable text.");
    case "answer-changed":
      return server(
        502,
        "answer_changed",
        "The provider broke off after a part of its answer was sent, and said something else when asked again. Send the request again.",
      );
    case "upstream":
      return upstreamToWire(error.error);
    case "internal":
      return server(500, null, "The server had an error while processing your request. Sorry about that!");
  }
}

const WIDER_THAN_CREATOR =
  "No key may be wider than the one that makes or changes it: in its scopes, its project, its allow-lists and its life.";

/** OpenAI's SDK waits no longer than this, and asks at once instead (WIRE.md 1.6). */
const LONGEST_PAUSE_S = 60;

/** A provider's failure, when there is not a single candidate to serve instead. Never 401: our key is not theirs. */
function upstreamToWire({ type, message, retryAfterMs, provider }: ErrorView): WireError {
  const who = provider === "" ? "The model's provider" : `The provider '${provider}'`;
  switch (type) {
    case "rate-limited": {
      const seconds = Math.max(1, Math.ceil((retryAfterMs ?? 20_000) / 1000));
      return {
        status: 429,
        headers: { "retry-after": String(seconds), ...(seconds > LONGEST_PAUSE_S && NO_RETRY) },
        body: bodyOf(
          `${who} is rate limiting requests: ${message}. Please try again in ${seconds}s.`,
          "requests",
          "rate_limit_exceeded",
        ),
      };
    }
    case "context-length":
      return invalid(400, "context_length_exceeded", withMaximum(`${who} refused the request: ${message}`), "messages");
    case "invalid-request":
      return invalid(400, "invalid_request", `${who} refused the request: ${message}`);
    case "model-not-found":
      return server(502, "upstream_model_not_found", `${who} does not serve this model: ${message}`, NO_RETRY);
    case "unauthorized":
      return server(
        502,
        "upstream_unauthorized",
        `${who} rejected the credential configured for it. Whoever has configured it must renew it: the operator, or you for a provider of your own.`,
        NO_RETRY,
      );
    case "timeout":
      return server(502, "upstream_timeout", `${who} did not answer in time: ${message}. Try again later.`);
    case "unparsed":
    case "malformed":
      return server(502, "upstream_malformed", `${who} sent an answer that makes no sense: ${message}.`);
    case "unavailable":
      return server(
        502,
        "upstream_unavailable",
        `${who} cannot be reached or is down: ${message}. Try again later, or check that it is running.`,
      );
    case "cancelled":
      return errorToWire({ type: "search-cancelled" });
  }
}

/** Two clients look for these very words. */
function withMaximum(message: string): string {
  return message.includes("maximum context length") ? message : `${message} (maximum context length exceeded)`;
}

function invalid(
  status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415,
  code: string | null,
  message: string,
  param: string | null = null,
  headers: Readonly<Record<string, string>> = {},
): WireError {
  return { status, headers, body: bodyOf(message, "invalid_request_error", code, param) };
}

function server(
  status: 500 | 502,
  code: string | null,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): WireError {
  return { status, headers, body: bodyOf(message, "server_error", code) };
}

function bodyOf(message: string, type: string, code: string | null, param: string | null = null): ErrorBody {
  return { error: { message, type, param, code } };
}
