import OpenAI, { APIError } from "openai";
import type { CancelSignal } from "../../core/cancellation.ts";
import type { Clock } from "../../core/clock.ts";
import type { Attempt, Capabilities, Completion, CompletionRequest } from "../../core/model.ts";
import { fail, type Result, succeed } from "../../core/result.ts";
import type { ModelConfig, ProviderConfig } from "../config.ts";
import { egress, type Fetch } from "../egress.ts";
import type { Gate, Release } from "../gate.ts";
import { ERROR_BODY_LIMITS, streamLimits, watchBody } from "./body.ts";
import { parseChunk } from "./chunk.ts";
import { type Collector, createCollector } from "./collector.ts";
import { type CallFailure, createDescribe, failureOf, toFailure } from "./errors.ts";
import { createInterruption, type Interruption } from "./interruption.ts";
import { attemptOf, NO_USAGE, promptTokenBound, type Usage, usageOf } from "./meter.ts";
import { bodyOf } from "./request.ts";

export interface CallContext {
  readonly provider: ProviderConfig;
  readonly model: ModelConfig;
  readonly gate: Gate;
  readonly clock: Clock;
  readonly fetch: Fetch;
}

export interface CallSpec {
  readonly request: CompletionRequest;
  readonly capabilities: Capabilities;
  /** Choices to ask for in this one call, >= 1. */
  readonly count: number;
  readonly seed: number;
  /** Asked once more when the slot is granted: a call nobody wants any more is not made. */
  readonly isWanted: () => boolean;
}

export interface CallOutcome {
  /** Completions are in choice order, at least one, possibly fewer than `count`. */
  readonly result: Result<readonly Completion[], CallFailure>;
  /** Null when nothing has left: there is nothing to pay. */
  readonly attempt: Attempt | null;
}

/** One HTTP call, metered. Never rejects. Null when it was cancelled, or no longer wanted, while it was queued. */
export async function callOnce(
  context: CallContext,
  spec: CallSpec,
  cancel: CancelSignal,
): Promise<CallOutcome | null> {
  const { provider, model, clock } = context;
  const release = await context.gate.acquire(cancel);
  if (release === null) return null;
  if (cancel.aborted || !spec.isWanted()) {
    release();
    return null;
  }
  const startedAtMs = clock.now();
  const interruption = createInterruption(clock, cancel, provider.headerTimeoutMs, provider.idleTimeoutMs);
  const wire: Wire = { headersAtMs: null, isSent: false, contentType: null };
  const collector = createCollector(spec.count, model.upstream);
  const failure = await stream(context, spec, collector, interruption, release, wire);
  // Both may have happened already; here for every way out.
  release();
  interruption.close();

  const result = failure === null ? succeed(collector.completions()) : fail(failure);
  const usage = usageOfCall(spec, collector, failure);
  const facts = {
    provider: provider.name,
    model: model.upstream,
    startedAtMs,
    headersAtMs: wire.headersAtMs,
    endedAtMs: clock.now(),
    outcome: failure === null ? "completed" : failure.error.type,
  } as const;
  return {
    result: result.ok ? succeed(withTokenCount(result.value, usage)) : result,
    attempt: wire.isSent ? attemptOf(facts, usage, model.price) : null,
  };
}

/** What `guardedFetch` notices on the way. */
interface Wire {
  headersAtMs: number | null;
  isSent: boolean;
  contentType: string | null;
}

/** Makes the request and reads the stream into the collector. Null when the answer is whole. */
async function stream(
  context: CallContext,
  spec: CallSpec,
  collector: Collector,
  interruption: Interruption,
  release: Release,
  wire: Wire,
): Promise<CallFailure | null> {
  const { request, capabilities, count, seed } = spec;
  const describe = createDescribe(context.provider.apiKey);
  try {
    const client = createClient(context.provider, guardedFetch(context, spec, interruption, release, wire));
    const chunks = await client.post<AsyncIterable<unknown>>("/chat/completions", {
      body: bodyOf(request, context.model.upstream, capabilities, count, seed),
      stream: true,
      signal: interruption.signal,
    });
    for await (const raw of chunks) {
      const chunk = parseChunk(raw);
      if (chunk === null) {
        interruption.end(malformed("a chunk of the upstream's stream is not an object"));
        break;
      }
      collector.add(chunk);
      // Everything that could still come would be cut off: leaving the loop aborts the upstream.
      if (collector.isCut && collector.finished === count) break;
    }
  } catch (thrown) {
    const failure = interruption.failure ?? toFailure(thrown, context.clock.now(), describe);
    return isTailLoss(failure, thrown) && isWhole(collector, count) ? null : failure;
  }
  const { failure } = interruption;
  if (failure === null) return streamFailure(collector, wire.contentType);
  return isTailLoss(failure, null) && isWhole(collector, count) ? null : failure;
}

/**
 * The connection was lost or fell silent. When every choice had ended by then, only the usage is missing, and paid-for
 * answers are not thrown away; an error that the provider states does count.
 */
function isTailLoss(failure: CallFailure, thrown: unknown): boolean {
  const { type } = failure.error;
  return type === "timeout" || (type === "unavailable" && !(thrown instanceof APIError));
}

function isWhole(collector: Collector, count: number): boolean {
  return collector.finished === count && !collector.hasBrokenChoice;
}

/** What is wrong with a stream that has ended by itself; `[DONE]` alone does not make an unfinished choice whole. */
function streamFailure(collector: Collector, contentType: string | null): CallFailure | null {
  if (collector.begun === 0) {
    return malformed(`the upstream's answer holds no choice (content type ${contentType?.slice(0, 100) ?? "unknown"})`);
  }
  if (collector.finished < collector.begun) return malformed("the upstream's stream ended before its answer did");
  if (collector.hasBrokenChoice) return malformed("the upstream broke off its answer");
  return null;
}

function malformed(message: string): CallFailure {
  return failureOf({ type: "malformed", message });
}

/** A client per call: its `fetch` carries the state of just this call, and making one costs some microseconds. */
function createClient(provider: ProviderConfig, fetch: Fetch): OpenAI {
  return new OpenAI({
    baseURL: provider.baseUrl,
    // The SDK insists on a key; the header is taken out again where there is none.
    apiKey: provider.apiKey ?? "none",
    ...(provider.apiKey === null ? { defaultHeaders: { Authorization: null } } : {}),
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

/** The SDK's `fetch`: through the egress, with the slot given back at the headers and the body watched. */
function guardedFetch(
  { fetch, clock }: CallContext,
  { request, count }: CallSpec,
  interruption: Interruption,
  release: Release,
  wire: Wire,
): Fetch {
  return async (input, init) => {
    wire.isSent = true;
    const left = await egress(fetch, input, init).finally(release);
    if (!left.ok) {
      wire.isSent = left.error.type !== "not-sent";
      const isRefusal = left.error.type === "redirect";
      interruption.end(failureOf({ type: "unavailable", message: left.error.message }, isRefusal));
      throw new Error(left.error.message);
    }
    const response = left.value;
    wire.headersAtMs = clock.now();
    wire.contentType = response.headers.get("content-type");
    interruption.headersArrived();
    const limits = response.ok ? streamLimits(count * request.maxTokens, request.topLogprobs ?? 0) : ERROR_BODY_LIMITS;
    const onExcess = () => {
      if (response.ok) interruption.end(malformed("the upstream sent more than its answer can be"));
    };
    // A fresh response: the decoded body must not meet the old `content-encoding`. 204 and 205 may not have a body.
    return new Response(watchBody(response.body, limits, interruption.bytesArrived, onExcess), {
      status: response.ok ? 200 : response.status,
      headers: headersWorthKeeping(response.headers),
    });
  };
}

const KEPT_HEADERS = ["content-type", "retry-after", "retry-after-ms", "x-request-id"] as const;

function headersWorthKeeping(headers: Response["headers"]): Record<string, string> {
  return Object.fromEntries(KEPT_HEADERS.flatMap((name) => [[name, headers.get(name)]].filter(([, value]) => value)));
}

/**
 * A failed call without a refusal may have generated all it was asked for, and nobody tells: the bound is charged.
 * (A connection that was never made is charged too: in Workers it cannot be told from one that was lost.)
 */
function usageOfCall(spec: CallSpec, collector: Collector, failure: CallFailure | null): Usage {
  const { request, capabilities, count } = spec;
  if (failure?.isRefusal) return NO_USAGE;
  const promptBound = promptTokenBound(request, capabilities);
  if (failure !== null) return usageOf(null, promptBound, count * request.maxTokens, true);
  const hasText = collector.completions().some((one) => one.text !== "" || one.toolCalls !== undefined);
  return usageOf(collector.usage, promptBound, collector.begun * request.maxTokens, hasText);
}

/** Usage tells the length of an only completion where log-probabilities do not. */
function withTokenCount(completions: readonly Completion[], usage: Usage): readonly Completion[] {
  const [only] = completions;
  if (only === undefined || completions.length > 1 || only.tokenCount !== null || usage.isEstimated) return completions;
  return [{ ...only, tokenCount: usage.completionTokens }];
}
