import type { CancelSignal } from "../core/cancellation.ts";
import type { Clock } from "../core/clock.ts";
import { isTooDeep } from "../core/json-depth.ts";
import type { Attempt, ModelError } from "../core/model.ts";
import { fail, type Result, succeed } from "../core/result.ts";
import { egress, type Fetch } from "./egress.ts";
import type { Gate } from "./gate.ts";
import { MOST_ERROR_BYTES, watchBody } from "./openai/body.ts";
import { causeOf, createDescribe, failureOf } from "./openai/errors.ts";
import { createInterruption, type Interruption } from "./openai/interruption.ts";
import { retryAfterMs } from "./openai/retry-after.ts";
import type { AddressRules } from "./public-address.ts";

export interface PostContext {
  readonly gate: Gate;
  readonly clock: Clock;
  /** Must honour `init.signal`. */
  readonly fetch: Fetch;
  /** How many searches lie behind its calls already; 0 where absent. */
  readonly hops?: number;
}

/** One JSON document there and one back. */
export interface JsonPost {
  readonly url: string;
  /** Whom it is for, as the gate knows them. */
  readonly party: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Taken out of error messages, should the other side repeat it. */
  readonly secret: string | null;
  readonly headerTimeoutMs: number;
  /** From the grant of the header slot to the last byte. */
  readonly totalTimeoutMs: number;
  readonly mostResponseBytes: number;
  /** For a tenant's address; null for the operator's. */
  readonly rules: AddressRules | null;
}

export interface PostOutcome {
  /** The parsed body of a 2xx answer. */
  readonly result: Result<unknown, ModelError>;
  /** Null when nothing has left: there is nothing to meter. */
  readonly times: Pick<Attempt, "startedAtMs" | "headersAtMs" | "endedAtMs"> | null;
  /** Refused with a status below 500, or turned away: nothing was worked on. */
  readonly isRefusal: boolean;
}

/**
 * One HTTP call in the manner of openai/call.ts, for everything that is no chat completion: through the header gate and the
 * egress, no redirects, limited in time and size (of the decompressed body), cancellable. Never rejects, never retries.
 */
export async function postJson(
  { gate, clock, fetch, hops = 0 }: PostContext,
  post: JsonPost,
  cancel: CancelSignal,
): Promise<PostOutcome> {
  const slot = await gate.acquire(cancel, post.party);
  if (slot === null || cancel.aborted) {
    slot?.close();
    return { result: fail({ type: "cancelled", message: "cancelled" }), times: null, isRefusal: true };
  }
  const startedAtMs = clock.now();
  const interruption = createInterruption(clock, cancel, post.headerTimeoutMs, post.totalTimeoutMs);
  const stopTimer = clock.schedule(post.totalTimeoutMs, () =>
    interruption.end(failureOf({ type: "timeout", message: `no whole answer within ${post.totalTimeoutMs} ms` })),
  );
  let headersAtMs: number | null = null;
  let isSent = true;
  const exchange = async (): Promise<Pick<PostOutcome, "result" | "isRefusal">> => {
    const init = {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json", ...post.headers },
      body: post.body,
      signal: interruption.signal,
    };
    const left = await egress(slot.fetch ?? fetch, post.url, init, { rules: post.rules, hops }).finally(slot.release);
    if (!left.ok) {
      isSent = left.error.type !== "not-sent";
      return { result: fail({ type: "invalid-request", message: left.error.message }), isRefusal: true };
    }
    const response = left.value;
    headersAtMs = clock.now();
    interruption.headersArrived();
    const text = await readText(response, post, interruption);
    if (interruption.failure !== null) return { result: fail(interruption.failure.error), isRefusal: false };
    if (!response.ok) {
      const error = errorOf(response, createDescribe(post.secret)(messageOf(text)), clock.now());
      return { result: fail(error), isRefusal: response.status < 500 };
    }
    return { result: parse(text), isRefusal: false };
  };
  const outcome = await exchange().catch((thrown: unknown) => ({
    result: fail(interruption.failure?.error ?? unreachable(thrown, post)),
    isRefusal: false,
  }));
  // Both may have happened already; here for every way out.
  slot.close();
  stopTimer();
  interruption.close();
  return { ...outcome, times: isSent ? { startedAtMs, headersAtMs, endedAtMs: clock.now() } : null };
}

async function readText(response: Response, post: JsonPost, interruption: Interruption): Promise<string> {
  const totalBytes = response.ok ? post.mostResponseBytes : MOST_ERROR_BYTES;
  const onExcess = () => {
    // An oversized error message is read as far as it goes.
    if (!response.ok) return;
    interruption.end(failureOf({ type: "malformed", message: `the answer is longer than ${totalBytes} bytes` }));
  };
  return new Response(watchBody(response.body, totalBytes, interruption.bytesArrived, onExcess)).text();
}

function parse(text: string): Result<unknown, ModelError> {
  if (isTooDeep(text)) return fail({ type: "malformed", message: "the answer is nested too deeply" });
  try {
    return succeed(JSON.parse(text) as unknown);
  } catch {
    return fail({ type: "malformed", message: "the answer is not JSON" });
  }
}

function unreachable(thrown: unknown, post: JsonPost): ModelError {
  return { type: "unavailable", message: createDescribe(post.secret)(`cannot be reached: ${causeOf(thrown)}`) };
}

function errorOf({ status, headers }: Response, said: string, nowMs: number): ModelError {
  const message = `status ${status}${said === "" ? "" : `: ${said}`}`;
  if (status === 429) return { type: "rate-limited", message, retryAfterMs: retryAfterMs(headers, nowMs) };
  if (status === 401 || status === 403) return { type: "unauthorized", message };
  if (status === 404) return { type: "model-not-found", message };
  if (status === 408) return { type: "timeout", message };
  if (status === 413) return { type: "context-length", message };
  if (status >= 500 || status === 409 || status === 425) return { type: "unavailable", message };
  return { type: "invalid-request", message };
}

/** `error.message`, `message` or `detail` of a JSON error, else its text. */
function messageOf(text: string): string {
  const parsed = parse(text);
  if (parsed.ok && typeof parsed.value === "object" && parsed.value !== null) {
    const { error, message, detail } = parsed.value as Readonly<Record<string, unknown>>;
    const inner = typeof error === "object" && error !== null && "message" in error ? error.message : error;
    const said = [inner, message, detail].find((one) => typeof one === "string");
    if (typeof said === "string") return said;
  }
  return text.trim();
}
