import type { AlternativeLogprob } from "../../core/model.ts";

/**
 * One chunk of a streamed chat completion, read leniently: providers leave fields out, send null for them, or add their
 * own. Nothing here trusts the other side; a field of the wrong type counts as absent.
 */
export interface Chunk {
  readonly model: string | null;
  readonly choices: readonly ChunkChoice[];
  /** As it came; `meter.ts` decides whether to believe it. */
  readonly usage: Readonly<Record<string, unknown>> | null;
}

export interface ChunkChoice {
  readonly index: number;
  readonly text: string;
  /** Text of a refusal (OpenAI's `refusal`), which comes in place of content. */
  readonly refusal: string;
  /** What it thinks before it answers, under either of its two names (WIRE.md 1.11). */
  readonly reasoning: string;
  readonly toolCalls: readonly ToolCallDelta[];
  readonly finishReason: string | null;
  readonly stopReason: string | null;
  readonly tokens: readonly ChunkToken[];
}

export interface ToolCallDelta {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

export interface ChunkToken {
  readonly token: string;
  /** Null where the provider gave no finite number. */
  readonly logprob: number | null;
  /** As `TokenLogprob` has them: absent where they are the token's own UTF-8. */
  readonly bytes?: readonly number[] | null;
  readonly top: readonly AlternativeLogprob[];
}

/** Null when it is not a JSON object at all. */
export function parseChunk(raw: unknown): Chunk | null {
  if (!isRecord(raw)) return null;
  return {
    model: textOf(raw.model) || null,
    choices: listOf(raw.choices).map(parseChoice),
    usage: isRecord(raw.usage) ? raw.usage : null,
  };
}

function parseChoice(choice: Readonly<Record<string, unknown>>): ChunkChoice {
  const delta = isRecord(choice.delta) ? choice.delta : {};
  const logprobs = isRecord(choice.logprobs) ? choice.logprobs : {};
  return {
    index: typeof choice.index === "number" ? choice.index : 0,
    text: textOf(delta.content),
    refusal: textOf(delta.refusal),
    // Some servers send both, with the same text.
    reasoning: textOf(delta.reasoning_content) || textOf(delta.reasoning),
    toolCalls: listOf(delta.tool_calls).map(parseToolCall),
    // Some servers send "" in every chunk before the last.
    finishReason: textOf(choice.finish_reason) || null,
    stopReason: textOf(choice.stop_reason) || null,
    tokens: [...listOf(logprobs.content), ...listOf(logprobs.refusal)].map(parseToken),
  };
}

function parseToolCall(delta: Readonly<Record<string, unknown>>, position: number): ToolCallDelta {
  const called = isRecord(delta.function) ? delta.function : {};
  return {
    index: typeof delta.index === "number" ? delta.index : position,
    id: textOf(delta.id),
    name: textOf(called.name),
    arguments: textOf(called.arguments),
  };
}

function parseToken(entry: Readonly<Record<string, unknown>>): ChunkToken {
  return {
    token: textOf(entry.token),
    logprob: logprobOf(entry.logprob),
    ...bytesOf(entry),
    top: listOf(entry.top_logprobs).flatMap((one) => {
      const logprob = logprobOf(one.logprob);
      return logprob === null ? [] : [{ token: textOf(one.token), logprob, ...bytesOf(one) }];
    }),
  };
}

/** A token that is half a character comes as U+FFFD or as an escape: only the provider knows its bytes. */
function bytesOf(entry: Readonly<Record<string, unknown>>): { readonly bytes?: readonly number[] | null } {
  const token = textOf(entry.token);
  if (!Array.isArray(entry.bytes)) return token.includes("\uFFFD") ? { bytes: null } : {};
  const bytes = entry.bytes.filter((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256);
  const own = new TextEncoder().encode(token);
  return bytes.length === own.length && own.every((byte, at) => byte === bytes[at]) ? {} : { bytes };
}

/** Rounding makes some servers report a hair above 0. */
function logprobOf(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? Math.min(0, value) : null;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
