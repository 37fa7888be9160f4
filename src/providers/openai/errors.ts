import { APIConnectionError, APIConnectionTimeoutError, APIError } from "openai";
import type { ModelError } from "../../core/model.ts";
import { isContextLength } from "./context-length.ts";
import { retryAfterMs } from "./retry-after.ts";

export interface CallFailure {
  readonly error: ModelError;
  /** Refused with a status below 500: the provider has generated nothing and bills nothing. */
  readonly isRefusal: boolean;
  /** A refusal of `n` > 1: the same can be had in single calls. */
  readonly isRefusalOfN: boolean;
}

export function failureOf(error: ModelError, isRefusal = false): CallFailure {
  return { error, isRefusal, isRefusalOfN: false };
}

/** Exhausts what the SDK, `fetch` and the stream throw. `describe` shortens and removes the API key. */
export function toFailure(thrown: unknown, nowMs: number, describe: (message: string) => string): CallFailure {
  if (thrown instanceof APIConnectionTimeoutError) {
    return failureOf({ type: "timeout", message: "the connection to the upstream timed out" });
  }
  if (thrown instanceof APIConnectionError) {
    return failureOf({ type: "unavailable", message: describe(`cannot reach the upstream: ${causeOf(thrown)}`) });
  }
  if (thrown instanceof APIError) return statusFailure(thrown, nowMs, describe);
  // What the SDK throws for a `data:` line that is not JSON.
  if (thrown instanceof SyntaxError) return failureOf({ type: "malformed", message: describe(thrown.message) });
  return failureOf({ type: "unavailable", message: describe(`the upstream's stream broke off: ${causeOf(thrown)}`) });
}

function statusFailure(thrown: APIError, nowMs: number, describe: (message: string) => string): CallFailure {
  const message = describe(thrown.message);
  // Inside a 200 stream there is no status; OpenRouter and vLLM put one into the error object's `code`.
  const inner = Number(thrown.code);
  const status = thrown.status ?? (Number.isInteger(inner) && inner >= 400 && inner < 600 ? inner : null);
  const error = errorOf(status, thrown, message, nowMs);
  const isRefusal = thrown.status !== undefined && thrown.status < 500;
  const isRefusalOfN = isRefusal && error.type === "invalid-request" && namesN(thrown);
  return { error, isRefusal, isRefusalOfN };
}

function errorOf(status: number | null, thrown: APIError, message: string, nowMs: number): ModelError {
  if (isContextLength(status, thrown)) return { type: "context-length", message };
  if (status === 429 || (status === null && /rate.?limit/i.test(`${thrown.code} ${thrown.type}`))) {
    return { type: "rate-limited", message, retryAfterMs: thrown.headers ? retryAfterMs(thrown.headers, nowMs) : null };
  }
  if (status === 401 || status === 403) return { type: "unauthorized", message };
  if (status === 404) return { type: "model-not-found", message };
  // 408 and 409 are passing states; OpenAI's SDKs retry them too.
  if (status === 408) return { type: "timeout", message };
  if (status === null || status >= 500 || status === 409) return { type: "unavailable", message };
  return { type: "invalid-request", message };
}

/** "'n' : number must be at most 1" (Groq), "Only one completion choice is allowed" (llama.cpp), and their like. */
function namesN(thrown: APIError): boolean {
  if (thrown.param === "n") return true;
  const text = thrown.message;
  return (
    /["'`]n["'`]/.test(text) ||
    /\bn\s*(?:=|>|<|must|should|is|cannot|can't|greater|larger)/.test(text) ||
    /(?:parameter|argument|field|option)s?:?\s+n\b/i.test(text) ||
    /(?:one|multiple|number of)\s+(?:completion\s+)?(?:choice|completion|candidate|generation)s?/i.test(text)
  );
}

/** Node's fetch hides the reason one or two causes deep ("fetch failed"). */
export function causeOf(thrown: unknown): string {
  let at = thrown;
  for (let depth = 0; depth < 4 && at instanceof Error && at.cause instanceof Error; depth++) at = at.cause;
  return at instanceof Error ? at.message : String(at);
}

/** The longest upstream message that is passed on, in characters. */
const MAX_MESSAGE_CHARACTERS = 500;

/** A shorter key is a placeholder of a local server ("none", "x"), and taking it out would garble the words. */
const SHORTEST_SECRET_CHARACTERS = 6;

/** A provider may repeat the credential in its 401; it must not travel further. */
export function createDescribe(apiKey: string | null): (message: string) => string {
  return (message) => {
    const isSecret = apiKey !== null && apiKey.length >= SHORTEST_SECRET_CHARACTERS;
    const clean = isSecret ? message.replaceAll(apiKey, "[key]") : message;
    return clean.length <= MAX_MESSAGE_CHARACTERS ? clean : `${clean.slice(0, MAX_MESSAGE_CHARACTERS - 1)}…`;
  };
}
