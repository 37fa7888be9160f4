import type { LimitName } from "../ledger/constraints.ts";
import type { LeaseRefusal, LimitHit } from "../ledger/lease.ts";
import { LIMIT_PARAMS } from "../search-request/ceilings.ts";

/** Refusals that a client can do something about; the others are faults of ours. */
export type ClientRefusal = Exclude<
  LeaseRefusal,
  { readonly type: "invalid" | "lease-taken" | "key-not-live" | "not-permitted" }
>;

/** What a client is told of a refused lease, in the fields of OpenAI's error object. */
export interface RefusalOnWire {
  readonly status: 403 | 404 | 429;
  readonly type: "invalid_request_error" | "requests" | "tokens" | "insufficient_quota";
  readonly code: string;
  readonly param: string | null;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Two refusals for want of room (RELIABILITY.md, I3): what fits once others are done is `rate_limit_exceeded` with the time
 * to wait; what no patience helps is `insufficient_quota`, which no client should send again. Either names its limit.
 */
export function refusalToWire(refusal: ClientRefusal): RefusalOnWire {
  switch (refusal.type) {
    case "not-allowed":
      return notAllowed(refusal.list, refusal.value, whose(refusal.scopeId));
    case "too-large": {
      const rest = `${amountOf(refusal.limit, refusal.most)} at most`;
      const reset = refusal.resetsAtMs === null ? "" : ` It resets at ${new Date(refusal.resetsAtMs).toISOString()}.`;
      return {
        status: 429,
        type: "insufficient_quota",
        code: "insufficient_quota",
        param: null,
        message: `You exceeded your current quota: ${limitOf(refusal)} allows ${rest}, and a single call of this request may need more.${reset} Lower max_tokens, shorten the messages, or have the limit raised.`,
        headers: { "x-should-retry": "false" },
      };
    }
    case "busy": {
      const seconds = Math.max(1, Math.ceil(refusal.retryAfterMs / 1000));
      return {
        status: 429,
        type: refusal.limit === "tokens-per-minute" ? "tokens" : "requests",
        code: "rate_limit_exceeded",
        param: null,
        message: `Rate limit reached: ${limitOf(refusal)} is in use for now. Please try again in ${seconds}s.`,
        headers: { "retry-after": String(seconds), "retry-after-ms": String(Math.max(1, refusal.retryAfterMs)) },
      };
    }
  }
}

function notAllowed(list: "models" | "methods" | "verifiers" | "origins", value: string, scope: string): RefusalOnWire {
  const refused = { type: "invalid_request_error", headers: {} } as const;
  switch (list) {
    case "models":
      return {
        ...refused,
        status: 404,
        code: "model_not_found",
        param: "model",
        message: `The model \`${value}\` does not exist or you do not have access to it: ${scope} does not allow it.`,
      };
    case "methods":
      return { ...refused, status: 403, code: "method_not_allowed", param: "search.method", message: not("method") };
    case "verifiers":
    case "origins": {
      const code = list === "verifiers" ? "verifier_not_allowed" : "origin_not_allowed";
      const what = list === "verifiers" ? "verifier" : "origin";
      return { ...refused, status: 403, code, param: "search.verifier", message: not(what) };
    }
  }
  function not(what: string): string {
    return `You do not have access to the ${what} '${value}': ${scope} does not allow it.`;
  }
}

function limitOf({ limit, scopeId, budgetId }: LimitHit): string {
  if (limit === "test-key") return "this test key, which never costs money,";
  return `the ${LIMIT_WORDS[limit]}${budgetId === null ? "" : ` '${budgetId}'`} of ${whose(scopeId)}`;
}

const LIMIT_WORDS: Readonly<Record<Exclude<LimitName, "test-key">, string>> = {
  "requests-per-minute": "limit of requests per minute (RPM)",
  "tokens-per-minute": "limit of tokens per minute (TPM)",
  "parallel-searches": "limit of parallel searches",
  "parallel-calls": "limit of parallel calls",
  "cost-per-search": `largest cost per search (${LIMIT_PARAMS.microdollars})`,
  budget: "budget",
};

/** A scope in words: "the project 'web'". What is no scope's id is a key's. */
function whose(scopeId: string): string {
  const [kind, ...rest] = scopeId.split(":");
  if (kind === "tenant") return "your organization";
  if (kind === "project") return `the project '${rest.join(":")}'`;
  return kind === "user" ? "this end user" : "this API key";
}

function amountOf(limit: LimitName, amount: number): string {
  switch (limit) {
    case "budget":
    case "cost-per-search":
    case "test-key":
      return `$${(amount / 1e9).toFixed(9).replace(/0+$/, "").replace(/\.$/, "")}`;
    case "tokens-per-minute":
      return `${amount} tokens`;
    case "requests-per-minute":
      return `${amount} requests`;
    case "parallel-searches":
      return `${amount} searches`;
    case "parallel-calls":
      return `${amount} calls`;
  }
}
