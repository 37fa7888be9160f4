import { APIError } from "openai";
import type { CancelSignal } from "../../core/cancellation.ts";
import type { Clock } from "../../core/clock.ts";
import type { Attempt, Capabilities, Completion, CompletionDelta, CompletionRequest } from "../../core/model.ts";
import { deriveSeed } from "../../core/random.ts";
import { fail, type Result, succeed } from "../../core/result.ts";
import type { ModelConfig, ProviderConfig } from "../config.ts";
import type { Fetch } from "../egress.ts";
import type { Gate } from "../gate.ts";
import type { Wire } from "../wire.ts";
import { streamLimits } from "./body.ts";
import type { ChoiceRules } from "./choice.ts";
import { type Collector, createCollector } from "./collector.ts";
import { type CallFailure, createDescribe, failureOf, toFailure } from "./errors.ts";
import { readEvents } from "./event-stream.ts";
import { createClient, createExchange, type Exchange } from "./exchange.ts";
import { createInterruption, type Interruption } from "./interruption.ts";
import { attemptOf, NO_USAGE, promptTokenBound, type Usage, usageOf, utf8Length } from "./meter.ts";
import { wireCallOf } from "./request.ts";

export interface CallContext {
  readonly provider: ProviderConfig;
  readonly model: ModelConfig;
  readonly gate: Gate;
  readonly clock: Clock;
  readonly fetch: Fetch;
  readonly wire: Wire;
  readonly hops: number;
  /** Taken instead of any other way; null where the provider has an address. */
  readonly binding: Fetch | null;
}

export interface CallSpec {
  readonly request: CompletionRequest;
  readonly capabilities: Capabilities;
  /** Choices to ask for in this one call, >= 1. */
  readonly count: number;
  readonly seed: number;
  /** Asked once more when the slot is granted: a call nobody wants any more is not made. */
  readonly isWanted: () => boolean;
  /** The place of this call's first choice among the completions of the whole request. */
  readonly offset: number;
  readonly onDelta?: (delta: CompletionDelta) => void;
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
  const { provider, model, clock, fetch } = context;
  const { request, count } = spec;
  const slot = await context.gate.acquire(cancel, provider.name);
  if (slot === null) return null;
  if (cancel.aborted || !spec.isWanted()) {
    slot.close();
    return null;
  }
  const startedAtMs = clock.now();
  const { headerTimeoutMs, idleTimeoutMs, callTimeoutMs } = provider;
  const interruption = createInterruption(clock, cancel, headerTimeoutMs, idleTimeoutMs, callTimeoutMs);
  const rules = provider.addressRules ?? null;
  const way = { fetch: context.binding ?? slot.fetch ?? fetch, rules, release: slot.release };
  const exchange = createExchange({ ...way, hops: context.hops, clock, interruption });
  let firstTokenAtMs: number | null = null;
  const collector = createCollector({
    count,
    name: model.upstream,
    rulesOf: (index) => rulesOf(request, spec.offset + index),
    onDelta: ({ index, ...piece }) => {
      firstTokenAtMs ??= clock.now();
      spec.onDelta?.({ ...piece, index: spec.offset + index });
    },
  });
  const failure = await stream(context, spec, exchange, collector, interruption);
  // Both may have happened already; here for every way out.
  slot.close();
  interruption.close();

  const result = failure === null ? succeed(collector.completions()) : fail(failure);
  const usage = usageOfCall(spec, collector, failure);
  const facts = {
    provider: provider.name,
    model: model.upstream,
    startedAtMs,
    headersAtMs: exchange.headersAtMs,
    firstTokenAtMs,
    endedAtMs: clock.now(),
    ...idOf(exchange.requestId ?? collector.id),
    ...rawOf(collector),
    outcome: failure === null ? "completed" : failure.error.type,
  } as const;
  return {
    result: result.ok ? succeed(withTokenCount(result.value, usage)) : result,
    attempt: exchange.isSent ? attemptOf(facts, usage, model.price) : null,
  };
}

function idOf(id: string | null): Pick<Attempt, "providerRequestId"> {
  return id === null ? {} : { providerRequestId: id };
}

/** In the provider's own words: what ended its answers, and what it says that they took. */
function rawOf({ finishReasons, rawUsage }: Collector): Pick<Attempt, "finishReasons" | "rawUsage"> {
  return { ...(finishReasons.length > 0 && { finishReasons }), ...(rawUsage !== null && { rawUsage }) };
}

/** Makes the request and reads the stream into the collector. Null when the answer is whole. */
async function stream(
  context: CallContext,
  spec: CallSpec,
  exchange: Exchange,
  collector: Collector,
  interruption: Interruption,
): Promise<CallFailure | null> {
  const { request, capabilities, count, seed } = spec;
  const { wire, model, provider, clock } = context;
  // For this call alone: where it is kept sealed, nobody has the clear text before or after.
  const apiKey = provider.sealedKey === undefined ? provider.apiKey : await provider.sealedKey.open();
  if (apiKey === null && provider.sealedKey !== undefined) return failureOf(UNOPENED, true);
  const describe = createDescribe(apiKey);
  const call = wireCallOf(request, model.upstream, capabilities, count, seed);
  const read = wire.createReader(call);
  try {
    const response = await createClient(provider, apiKey, exchange.fetch)
      .post(wire.path, { body: wire.bodyOf(call), stream: true, signal: interruption.signal })
      .asResponse();
    await readEvents(response, {
      limits: streamLimits(count * request.maxTokens, request.topLogprobs ?? 0),
      signal: interruption.signal,
      clock,
      onBytes: interruption.bytesArrived,
      onExcess: () => interruption.end(malformed("the upstream sent more than its answer can be")),
      onEvent: (raw) => {
        const chunk = read(raw);
        if (chunk === null) {
          interruption.end(malformed("a chunk of the upstream's stream is not an object"));
          return false;
        }
        collector.add(chunk);
        // As with an `error` field of an event.
        if (chunk.error !== undefined) throw new APIError(undefined, chunk.error, chunk.error.message, undefined);
        // Everything that could still come would be cut off: the upstream is left.
        return !(collector.isCut && collector.finished === count);
      },
    });
  } catch (thrown) {
    const failure = interruption.failure ?? toFailure(thrown, clock.now(), describe);
    return isTailLoss(failure, thrown) && isWhole(collector, count) ? null : failure;
  }
  const { failure } = interruption;
  if (failure === null) return streamFailure(collector, exchange.contentType) ?? missingTokens(request, collector);
  return isTailLoss(failure, null) && isWhole(collector, count) ? null : failure;
}

const UNOPENED = {
  type: "unauthorized",
  message: "its stored credential cannot be decrypted: it has to be set anew, or the deployment's key is missing",
} as const;

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

/** Nobody who asked for log-probabilities is served an answer without them: asking again would not help. */
function missingTokens({ keepsTokens }: CompletionRequest, collector: Collector): CallFailure | null {
  if (keepsTokens !== true) return null;
  const isBare = collector.completions().some(({ text, tokens }) => text !== "" && tokens?.length === 0);
  const message = "it gives no log-probabilities, though its configuration says that it does";
  return isBare ? failureOf({ type: "invalid-request", message }) : null;
}

function rulesOf(request: CompletionRequest, index: number): ChoiceRules {
  const { seed, messages } = request;
  const taken = messages.flatMap(({ tool_calls }) => tool_calls ?? []).map((call) => (call as { id?: unknown })?.id);
  return {
    topLogprobs: request.keepsTokens === true ? (request.topLogprobs ?? 0) : null,
    keepsReasoning: request.keepsReasoning === true,
    isSingleCall: request.forwarded.parallel_tool_calls === false,
    // From the seed, so that a repeated attempt says the same; from the length, so that the next turn does not.
    freshCallId: (position) =>
      `call_${[0, 1, 2].map((part) => deriveSeed(seed, "tool-call", messages.length, index, position, part).toString(36)).join("")}`,
    takenCallIds: new Set(taken.filter((id) => typeof id === "string")),
  };
}

function malformed(message: string): CallFailure {
  return failureOf({ type: "malformed", message });
}

/**
 * A provider stops generating when the connection closes; what it makes until it notices, per choice. An estimate, and
 * marked as one: half a second of a fast model.
 */
const TOKENS_UNTIL_NOTICED = 64;

/**
 * A failed call without a refusal may have generated all it was asked for, and nobody tells: the bound is charged.
 * (A connection that was never made is charged too: in Workers it cannot be told from one that was lost.) A call that we
 * cancelled ourselves is charged what had arrived, at one token a byte, and what may have been on its way.
 */
function usageOfCall(spec: CallSpec, collector: Collector, failure: CallFailure | null): Usage {
  const { request, capabilities, count } = spec;
  if (failure?.isRefusal) return NO_USAGE;
  const promptBound = promptTokenBound(request, capabilities);
  const completionBound = count * request.maxTokens;
  if (failure?.error.type === "cancelled") {
    const arrived = collector.completions().reduce((sum, { text }) => sum + utf8Length(text), 0);
    return usageOf(null, promptBound, Math.min(completionBound, arrived + count * TOKENS_UNTIL_NOTICED), true);
  }
  if (failure !== null) return usageOf(null, promptBound, completionBound, true);
  const hasText = collector.completions().some((one) => one.text !== "" || one.toolCalls !== undefined);
  return usageOf(collector.usage, promptBound, collector.begun * request.maxTokens, hasText);
}

/** Usage tells the length of an only completion where log-probabilities do not, and how much of it was reasoning. */
function withTokenCount(completions: readonly Completion[], usage: Usage): readonly Completion[] {
  const [only] = completions;
  if (only === undefined || completions.length > 1 || usage.isEstimated) return completions;
  const { completionTokens, reasoningTokens } = usage;
  return [
    {
      ...only,
      tokenCount: only.tokenCount ?? completionTokens,
      ...(reasoningTokens !== undefined && { reasoningTokens }),
    },
  ];
}
