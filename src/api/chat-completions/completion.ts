import type { AnswerView, SearchSummary, SpentView } from "../../../durable-objects/search-tree/protocol.ts";
import { microdollarsToDollars } from "../../ledger/money.ts";
import { completionIdOf } from "../searches/search-id.ts";
import { traceOf } from "../searches/trace.ts";
import { firstCallOf } from "./legacy-functions.ts";
import { logprobsOf } from "./logprobs.ts";
import { stopReasonToWire } from "./outcome.ts";
import { saidOf, toolCallsOf } from "./said.ts";

/** The tier used: no provider is asked for another one, since its prices would not be those configured (WIRE.md 1.2). */
export const SERVICE_TIER = "default";

/** What is the same in every chunk and in the whole object. */
export interface CompletionHead {
  readonly id: string;
  /** Seconds. */
  readonly created: number;
  readonly model: string;
  /** Calls are told as `function_call`. */
  readonly isLegacy: boolean;
}

export function headOf(searchId: string, model: string, createdAtMs: number, isLegacy: boolean): CompletionHead {
  return { id: completionIdOf(searchId), created: Math.floor(createdAtMs / 1000), model, isLegacy };
}

/**
 * The `n` answers: the chosen one, then the next best distinct candidates. Where the search found fewer, they are
 * repeated from the best on: a client that asked for three reads `choices[2]`.
 */
export function servedAnswers(summary: SearchSummary, count: number): AnswerView[] {
  const { answers } = summary;
  return Array.from({ length: count }, (_unused, index) => answers[index % answers.length]).filter(
    (answer) => answer !== undefined,
  );
}

/** The whole answer of a request without `stream` (WIRE.md 1.3). */
export function completionOf(head: CompletionHead, summary: SearchSummary, count: number) {
  const answers = servedAnswers(summary, count);
  return {
    id: head.id,
    object: "chat.completion",
    created: head.created,
    model: head.model,
    service_tier: SERVICE_TIER,
    choices: answers.map((answer, index) => ({
      index,
      message: messageOf(head, answer),
      logprobs: logprobsOf(answer),
      finish_reason: chatFinishReasonOf(head, answer),
    })),
    usage: usageOf(summary, answers),
    search: searchBlockOf(summary),
  };
}

/** `tool_calls` is left out where there are none: a null breaks a client (WIRE.md 1.3). */
function messageOf({ isLegacy }: CompletionHead, answer: AnswerView) {
  const { toolCallsJson } = answer;
  const { content, refusal, reasoning } = saidOf(answer);
  const calls = toolCallsJson === null ? [] : toolCallsOf(toolCallsJson);
  // "" where nothing else is said: an evaluation fails on null (WIRE.md 1.3).
  const isSilent = content === "" && (calls.length > 0 || refusal !== "");
  return {
    role: "assistant",
    content: isSilent ? null : content,
    refusal: refusal === "" ? null : refusal,
    ...(reasoning !== "" && { reasoning_content: reasoning, reasoning }),
    ...(calls.length > 0 && (isLegacy ? { function_call: firstCallOf(calls) } : { tool_calls: calls })),
  };
}

export function chatFinishReasonOf({ isLegacy }: CompletionHead, answer: AnswerView): string {
  const reason = finishReasonOf(answer);
  return isLegacy && reason === "tool_calls" ? "function_call" : reason;
}

export function finishReasonOf(answer: AnswerView): "stop" | "length" | "tool_calls" | "content_filter" {
  switch (answer.ending) {
    case "tool-calls":
      return "tool_calls";
    case "content-filter":
      // The model's own refusal is an end like any other; `refusal` tells it.
      return answer.refusalFrom === undefined ? "content_filter" : "stop";
    case "length":
      return "length";
    case "stop":
    case "step":
      return "stop";
  }
}

/** The standard fields are about the returned answers, as clients meter their context by them; the rest is the search. */
export function usageOf(summary: SearchSummary, answers: readonly AnswerView[]) {
  const { spent } = summary;
  const isTotal = summary.reply?.usage === "total";
  const promptTokens = isTotal ? spent.promptTokens : (answers[0]?.promptTokens ?? 0);
  const ofAnswers = answers.reduce((sum, answer) => sum + answer.completionTokens, 0);
  const completionTokens = isTotal ? spent.completionTokens : ofAnswers;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    ...tokenDetails(summary, answers, promptTokens, completionTokens),
    cost: microdollarsToDollars(spent.microdollars),
    search: {
      ...spentToWire(spent),
      ...Object.fromEntries(
        Object.entries(summary.spentByPart ?? {}).map(([part, one]) => [
          part,
          { ...spentToWire(one), cost: microdollarsToDollars(one.microdollars) },
        ]),
      ),
    },
  };
}

/** What the provider tells of the tokens; nothing of those it does not tell of. */
function tokenDetails(
  { spent, reply }: SearchSummary,
  answers: readonly AnswerView[],
  promptTokens: number,
  completionTokens: number,
) {
  const isTotal = reply?.usage === "total";
  const cached = isTotal ? spent.cachedTokens : (answers[0]?.cachedTokens ?? 0);
  const told = isTotal ? [] : answers.flatMap(({ reasoningTokens }) => reasoningTokens ?? []);
  const reasoning = told.reduce((sum, one) => sum + one, 0);
  return {
    prompt_tokens_details: { cached_tokens: Math.min(cached, promptTokens) },
    ...(told.length > 0 && { completion_tokens_details: { reasoning_tokens: Math.min(reasoning, completionTokens) } }),
  };
}

function spentToWire(spent: SpentView) {
  return {
    prompt_tokens: spent.promptTokens,
    completion_tokens: spent.completionTokens,
    cached_tokens: spent.cachedTokens,
    model_calls: spent.calls,
  };
}

/** WIRE.md 4.5. The whole search can be read at `traceUrl`; as a chat completion's where nothing else is said. */
export function searchBlockOf(
  summary: SearchSummary,
  traceUrl = `/v1/chat/completions/${completionIdOf(summary.id)}/search`,
) {
  const score = summary.answers[0]?.score ?? null;
  const shown = summary.reply?.candidates ?? 0;
  const trace = summary.reply?.trace ?? "none";
  return {
    id: summary.id,
    method: summary.method,
    rollouts: summary.rollouts,
    model_calls: summary.spent.calls,
    wall_ms: summary.wallMs,
    stop_reason: summary.stopReason === null ? null : stopReasonToWire(summary.stopReason),
    verifier: verifierToWire(summary.verifiers),
    score: score?.value ?? null,
    verdict: score,
    value: summary.value,
    selection: { name: summary.selection, score: summary.selectionScore },
    emulated: summary.emulated,
    clamped: summary.clamped,
    degraded: summary.stopReason === "upstream-errors",
    note: summary.note,
    temperature_used: summary.temperature ?? null,
    ...(shown > 0 && { candidates: summary.answers.slice(0, shown).map(candidateToWire) }),
    ...(trace !== "none" && { trace: traceOf(summary.nodes ?? [], trace) }),
    trace_url: traceUrl,
  };
}

function candidateToWire(answer: AnswerView) {
  return {
    node_id: answer.nodeId,
    content: answer.text,
    finish_reason: finishReasonOf(answer),
    score: answer.score?.value ?? null,
    verdict: answer.score,
    completion_tokens: answer.completionTokens,
  };
}

/** "game-of-24+judge"; "none" where nothing could tell better from worse, which is worth knowing. */
export function verifierToWire(verifiers: readonly string[]): string {
  return verifiers.length === 0 ? "none" : verifiers.join("+");
}

/** Known only once the search has ended: not on an answer whose headers left before. */
export function searchHeadersOf(summary: SearchSummary): Record<string, string> {
  return {
    "x-search-cost-usd": String(microdollarsToDollars(summary.spent.microdollars)),
    "x-search-model-calls": String(summary.spent.calls),
    ...(summary.stopReason !== null && { "x-search-stop-reason": stopReasonToWire(summary.stopReason) }),
  };
}
