import OpenAI from "openai";
import type { Clock } from "../../core/clock.ts";
import type { ProviderConfig } from "../config.ts";
import { egress, type Fetch } from "../egress.ts";
import type { Release } from "../gate.ts";
import type { AddressRules } from "../public-address.ts";
import { MOST_ERROR_BYTES, watchBody } from "./body.ts";
import { failureOf } from "./errors.ts";
import type { Interruption } from "./interruption.ts";

/** The HTTP under one call: the `fetch` that its client has to use, and what was noticed on the way. */
export interface Exchange {
  readonly fetch: Fetch;
  /** False while not one byte can have left. */
  readonly isSent: boolean;
  readonly headersAtMs: number | null;
  readonly contentType: string | null;
  /** The provider's own id of the call; null where it gives none. */
  readonly requestId: string | null;
}

export interface ExchangeOptions {
  readonly fetch: Fetch;
  /** Null where the address is the operator's own. */
  readonly rules: AddressRules | null;
  /** How many searches lie behind this call already. */
  readonly hops: number;
  readonly clock: Clock;
  readonly interruption: Interruption;
  /** Gives the header slot back. */
  readonly release: Release;
}

/**
 * Requests go through the egress; at the headers the slot is given back and the header timeout becomes the idle timeout;
 * the body of a refusal is bounded. One per call.
 */
export function createExchange(options: ExchangeOptions): Exchange {
  const { clock, interruption, release } = options;
  let isSent = false;
  let headersAtMs: number | null = null;
  let contentType: string | null = null;
  let requestId: string | null = null;

  const fetch: Fetch = async (input, init) => {
    isSent = true;
    const left = await egress(options.fetch, input, init, { rules: options.rules, hops: options.hops }).finally(
      release,
    );
    if (!left.ok) {
      isSent = left.error.type !== "not-sent";
      const isRefusal = left.error.type === "redirect";
      interruption.end(failureOf({ type: "unavailable", message: left.error.message }, isRefusal));
      throw new Error(left.error.message);
    }
    const response = left.value;
    headersAtMs = clock.now();
    contentType = response.headers.get("content-type");
    requestId = response.headers.get("x-request-id")?.slice(0, MAX_REQUEST_ID_CHARACTERS) ?? null;
    interruption.headersArrived();
    return response.ok ? response : bounded(response, interruption);
  };

  return {
    fetch,
    get isSent() {
      return isSent;
    },
    get headersAtMs() {
      return headersAtMs;
    },
    get contentType() {
      return contentType;
    },
    get requestId() {
      return requestId;
    },
  };
}

const MAX_REQUEST_ID_CHARACTERS = 200;

/**
 * A refusal, of which the SDK reads the body: an oversized one as far as it goes. A fresh response, since the decoded body
 * must not meet the old `content-encoding`.
 */
function bounded({ body, status, headers }: Response, { bytesArrived }: Interruption): Response {
  return new Response(
    watchBody(body, MOST_ERROR_BYTES, bytesArrived, () => {}),
    { status, headers: Object.fromEntries([...headers].filter(([name]) => KEPT_HEADERS.has(name))) },
  );
}

const KEPT_HEADERS: ReadonlySet<string> = new Set(["content-type", "retry-after", "retry-after-ms", "x-request-id"]);

/** The SDK's client for one call; making one costs some microseconds. */
export function createClient(
  { baseUrl }: Pick<ProviderConfig, "baseUrl">,
  apiKey: string | null,
  fetch: Fetch,
): OpenAI {
  return new OpenAI({
    baseURL: baseUrl,
    // The SDK insists on a key; the header is taken out again where there is none.
    apiKey: apiKey ?? "none",
    ...(apiKey === null ? { defaultHeaders: { Authorization: null } } : {}),
    // Named, or they would be read from the environment.
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    fetch,
    // Retrying belongs to the search, which meters every attempt; timing out belongs to `Interruption`.
    maxRetries: 0,
    timeout: 2_147_483_647,
    logLevel: "off",
  });
}
