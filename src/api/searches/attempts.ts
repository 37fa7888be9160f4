import type { Attempt } from "../../core/model.ts";
import { microdollarsToDollars } from "../../ledger/money.ts";

/** One call to a provider, a scorer or a webhook, as a search's log has it: also failed, cancelled and hedged ones. */
export function attemptToWire(attempt: Attempt) {
  return {
    object: "search.attempt",
    provider: attempt.provider,
    model: attempt.model,
    outcome: attempt.outcome,
    started_ms: attempt.startedAtMs,
    /** Null: they never came. */
    headers_ms: attempt.headersAtMs,
    first_token_ms: attempt.firstTokenAtMs ?? null,
    ended_ms: attempt.endedAtMs,
    prompt_tokens: attempt.promptTokens,
    completion_tokens: attempt.completionTokens,
    cached_tokens: attempt.cachedTokens,
    reasoning_tokens: attempt.reasoningTokens ?? null,
    cost: microdollarsToDollars(attempt.microdollars),
    /** The provider gave no figures that can be believed: these are our upper bound. */
    is_estimated: attempt.isEstimated,
    is_hedge: attempt.isHedge === true,
    provider_request_id: attempt.providerRequestId ?? null,
    finish_reasons: attempt.finishReasons ?? [],
    raw_usage: attempt.rawUsage ?? null,
  };
}
