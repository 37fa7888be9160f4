import type { Amounts } from "../../core/amounts.ts";
import type { CancelSignal } from "../../core/cancellation.ts";
import type { Clock } from "../../core/clock.ts";
import {
  type Attempt,
  type Capabilities,
  type CompletionDelta,
  type CompletionListener,
  type CompletionOutcome,
  type CompletionRequest,
  isRetryable,
  type Model,
} from "../../core/model.ts";
import { fail, succeed } from "../../core/result.ts";
import type { ModelConfig, ProviderConfig } from "../config.ts";
import { type Fetch, platformFetch } from "../egress.ts";
import type { Gate } from "../gate.ts";
import { tellSent } from "../sent.ts";
import type { Wire } from "../wire.ts";
import { type CallContext, type CallOutcome, callOnce } from "./call.ts";
import { microdollarsOf, promptTokenBound } from "./meter.ts";
import { chatWire } from "./wire.ts";

export interface OpenAiModelOptions {
  readonly provider: ProviderConfig;
  readonly model: ModelConfig;
  /** Shared by all models of one Durable Object instance. */
  readonly gate: Gate;
  readonly clock: Clock;
  /** The platform's by default. Must honour `init.signal`. */
  readonly fetch?: Fetch;
  /** Chat completions by default. */
  readonly wire?: Wire;
  /** How many searches lie behind its calls already; 0 where absent. */
  readonly hops?: number;
  /** The way to a model that has no address; taken whatever way a slot offers. */
  readonly binding?: Fetch;
}

interface Asked {
  readonly request: CompletionRequest;
  readonly listener: CompletionListener | undefined;
}

/**
 * A model behind a provider's wire, OpenAI's chat completions by default. Several samples are asked for with `n` where the upstream takes
 * it; whether it does is found out at the first call and remembered in `capabilities.n` for this object's life:
 *
 * | `n`      | asked                        | when fewer choices come back, or `n` is refused                    |
 * |----------|------------------------------|--------------------------------------------------------------------|
 * | unknown  | one call with n = count      | the rest in parallel single calls with seeds of their own          |
 * | honoured | one call with n = count      | only what came: the caller has reserved one call. Then not honoured |
 * | ignored  | count parallel single calls  |                                                                    |
 */
export function createOpenAiModel(options: OpenAiModelOptions): Model {
  const { provider, model, gate, clock, wire = chatWire, binding = null } = options;
  const { fetch: way = platformFetch, hops = 0 } = options;
  const context: CallContext = { provider, model, gate, clock, wire, binding, hops, fetch: way };
  let n = wire.takesCount ? model.capabilities.n : "ignored";
  const capabilities = (): Capabilities => ({ ...model.capabilities, n });

  const callFor = (
    asked: Asked,
    count: number,
    offset: number,
    cancel: CancelSignal,
    isWanted: () => boolean = () => true,
  ) => ({
    request: asked.request,
    capabilities: capabilities(),
    count,
    seed: asked.request.seed + offset,
    isWanted: () => {
      const isMade = isWanted();
      if (isMade) tellSent(cancel);
      return isMade;
    },
    offset,
    onDelta: (delta: CompletionDelta) => asked.listener?.add(delta),
  });

  /** The samples `from` to `request.count - 1`, one call each. A refusal that all would meet stops those still queued. */
  const askSingly = (asked: Asked, from: number, cancel: CancelSignal) => {
    let isDoomed = false;
    const askOne = async (offset: number) => {
      const outcome = await callOnce(
        context,
        callFor(asked, 1, offset, cancel, () => !isDoomed),
        cancel,
      );
      if (outcome !== null && !outcome.result.ok && !isRetryable(outcome.result.error.error)) isDoomed = true;
      return outcome;
    };
    return Promise.all(Array.from({ length: asked.request.count - from }, (_, index) => askOne(from + index)));
  };

  return {
    name: model.upstream,
    get capabilities() {
      return capabilities();
    },
    worstCase: (request) => worstCaseOf(raised(request, wire), capabilities(), model),
    complete: async (wanted, cancel, listener) => {
      const request = raised(wanted, wire);
      const asked = { request, listener };
      if (request.count === 1 || n === "ignored") return settle([], await askSingly(asked, 0, cancel), cancel);

      const isPromised = n === "honoured";
      const first = await callOnce(context, callFor(asked, request.count, 0, cancel), cancel);
      if (first === null) return settle([], [null], cancel);
      if (first.result.ok) {
        const came = first.result.value.length;
        n = came === request.count ? "honoured" : came === 1 ? "ignored" : "unknown";
        if (came === request.count || isPromised) return settle([], [first], cancel);
        return settle([], [first, ...(await askSingly(asked, came, cancel))], cancel);
      }
      const failure = first.result.error;
      if (!failure.isRefusalOfN) return settle([], [first], cancel);

      n = "ignored";
      const attempts = first.attempt === null ? [] : [first.attempt];
      if (!isPromised) return settle(attempts, await askSingly(asked, 0, cancel), cancel);
      // Retryable: the caller reserves anew, now knowing that single calls are needed.
      const message = `the upstream refused n: ${failure.error.message}`;
      return { result: fail({ type: "malformed", message }), attempts };
    },
  };
}

function raised(request: CompletionRequest, { leastMaxTokens }: Wire): CompletionRequest {
  return request.maxTokens >= leastMaxTokens ? request : { ...request, maxTokens: leastMaxTokens };
}

/**
 * Single calls cost `count` prompts. While `n` is unknown the first call may be refused (one call more, no tokens) or
 * bring k choices for one prompt, after which count - k single calls follow: never more tokens than single calls alone.
 */
function worstCaseOf(request: CompletionRequest, capabilities: Capabilities, model: ModelConfig): Amounts {
  const { count, maxTokens } = request;
  const promptTokens = promptTokenBound(request, capabilities);
  if (count === 1 || capabilities.n === "honoured") {
    const completionTokens = count * maxTokens;
    const microdollars = microdollarsOf(model.price, promptTokens, completionTokens);
    return { rollouts: 0, calls: 1, tokens: promptTokens + completionTokens, microdollars };
  }
  return {
    rollouts: 0,
    calls: capabilities.n === "unknown" ? count + 1 : count,
    tokens: count * (promptTokens + maxTokens),
    microdollars: count * microdollarsOf(model.price, promptTokens, maxTokens),
  };
}

/** Some samples are better than none: failures show only when nothing came. Cancellation always shows. */
function settle(
  earlier: readonly Attempt[],
  outcomes: readonly (CallOutcome | null)[],
  cancel: CancelSignal,
): CompletionOutcome {
  const made = outcomes.filter((outcome) => outcome !== null);
  const attempts = [...earlier, ...made.flatMap(({ attempt }) => (attempt === null ? [] : [attempt]))];
  const errors = made.flatMap(({ result }) => (result.ok ? [] : [result.error.error]));
  const hasCancelled = errors.some((error) => error.type === "cancelled");
  if (hasCancelled || (cancel.aborted && made.length < outcomes.length)) {
    return { result: fail({ type: "cancelled", message: "cancelled" }), attempts };
  }
  const completions = made.flatMap(({ result }) => (result.ok ? result.value : []));
  if (completions.length > 0) return { result: succeed(completions), attempts };
  const error = errors.find((one) => !isRetryable(one)) ?? errors[0];
  if (error === undefined) throw new Error("a call ended with neither completions nor an error");
  return { result: fail(error), attempts };
}
