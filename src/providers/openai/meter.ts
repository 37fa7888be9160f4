import type { Attempt, Capabilities, CompletionRequest } from "../../core/model.ts";
import type { Message } from "../../core/problem.ts";
import { isRecord } from "../chunk.ts";
import type { Price } from "../config.ts";
import { messagesOf, withoutOwn } from "./request.ts";

export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
  /** Of the completion tokens; absent where the provider does not tell. */
  readonly reasoningTokens?: number;
  readonly isEstimated: boolean;
}

export const NO_USAGE: Usage = { promptTokens: 0, completionTokens: 0, cachedTokens: 0, isEstimated: false };

/** Room for a chat template's markers around each message, and once for its frame (RELIABILITY.md, "Money"). */
const TEMPLATE_TOKENS = 16;
/** An image or a sound given by address has no length to go by; the largest vision models stay below this. */
const MEDIA_TOKENS = 4096;
/** Reported figures beyond this multiple of the bound are a provider's bug, not a bill. */
const ABSURD_FACTOR = 10;

/**
 * An upper bound of the prompt's tokens without a tokenizer: a byte-level tokenizer makes at most one token of a byte.
 * Tools and schemas in `forwarded` are written into the prompt too, so they count.
 */
export function promptTokenBound(request: CompletionRequest, capabilities: Capabilities): number {
  let tokens = TEMPLATE_TOKENS + bytesOf(withoutOwn(request.forwarded));
  for (const message of messagesOf(request, capabilities)) tokens += TEMPLATE_TOKENS + messageBytes(message);
  return tokens;
}

function messageBytes(message: Message): number {
  const { content, name, tool_calls: toolCalls, reasoning_content, reasoning, reasoning_details: details } = message;
  const thought =
    utf8Length(`${reasoning_content ?? ""}${reasoning ?? ""}`) + (details === undefined ? 0 : bytesOf(details));
  let bytes =
    thought + (name === undefined ? 0 : utf8Length(name)) + (toolCalls === undefined ? 0 : bytesOf(toolCalls));
  if (typeof content === "string") return bytes + utf8Length(content);
  for (const part of content ?? []) {
    const isText = part.type === "text" && typeof part.text === "string";
    bytes += isText ? utf8Length(String(part.text)) + 1 : bytesOf(part) + MEDIA_TOKENS;
  }
  return bytes;
}

/** Bytes as JSON; nothing for an empty object. */
function bytesOf(value: object): number {
  return Object.keys(value).length === 0 ? 0 : utf8Length(JSON.stringify(value));
}

export function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}

/**
 * What the provider says it has used, where that is believable; otherwise our bound, marked as an estimate. `raw` is
 * the usage object or null; the bounds are those of this call; `hasText` says whether anything was generated.
 */
export function usageOf(
  raw: Readonly<Record<string, unknown>> | null,
  promptBound: number,
  completionBound: number,
  hasText: boolean,
): Usage {
  const promptTokens = believable(raw?.prompt_tokens, 1, promptBound);
  const completionTokens = believable(raw?.completion_tokens, hasText ? 1 : 0, completionBound);
  // DeepSeek says it in a field of its own.
  const cached = detailOf(raw?.prompt_tokens_details, "cached_tokens") ?? raw?.prompt_cache_hit_tokens;
  const reasoning = believable(detailOf(raw?.completion_tokens_details, "reasoning_tokens"), 0, completionBound);
  return {
    promptTokens: promptTokens ?? promptBound,
    completionTokens: completionTokens ?? completionBound,
    cachedTokens: promptTokens === null ? 0 : Math.min(believable(cached, 0, promptBound) ?? 0, promptTokens),
    ...(reasoning !== null && completionTokens !== null && { reasoningTokens: Math.min(reasoning, completionTokens) }),
    isEstimated: promptTokens === null || completionTokens === null,
  };
}

function detailOf(details: unknown, name: string): unknown {
  return isRecord(details) ? details[name] : undefined;
}

function believable(value: unknown, least: number, bound: number): number | null {
  if (typeof value !== "number" || !Number.isInteger(value)) return null;
  return value >= least && value <= ABSURD_FACTOR * bound ? value : null;
}

/** Rounded up, so that many small calls are never free. Cached tokens are charged in full: prices name no discount. */
export function microdollarsOf(price: Price, promptTokens: number, completionTokens: number): number {
  const exact =
    promptTokens * price.promptMicrodollarsPerMillion + completionTokens * price.completionMicrodollarsPerMillion;
  return Math.ceil(exact / 1_000_000);
}

/** What is known of a call besides its usage. */
export type CallFacts = Omit<Attempt, keyof Usage | "microdollars">;

export function attemptOf(facts: CallFacts, usage: Usage, price: Price): Attempt {
  return { ...facts, ...usage, microdollars: microdollarsOf(price, usage.promptTokens, usage.completionTokens) };
}
