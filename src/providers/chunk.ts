import type { AlternativeLogprob } from "../core/model.ts";

/**
 * A piece of a streamed answer as all adapters understand it. Each adapter reads its own events into chunks, leniently:
 * providers leave fields out, send null for them, or add their own. A field of the wrong type counts as absent.
 */
export interface Chunk {
  readonly model: string | null;
  readonly choices: readonly ChunkChoice[];
  /** In OpenAI's names of chat completions; `openai/meter.ts` decides whether to believe it. */
  readonly usage: Readonly<Record<string, unknown>> | null;
  /** The answer's own id; absent where this chunk has none. */
  readonly id?: string | null;
  /** As it came, where that is not `usage` itself. */
  readonly rawUsage?: Readonly<Record<string, unknown>>;
  /** The provider says, in the middle of its stream, that the call has failed. Shape of OpenAI's error object. */
  readonly error?: { readonly message: string; readonly code: string | number | null };
}

export interface ChunkChoice {
  readonly index: number;
  readonly text: string;
  /** Text of a refusal (OpenAI's `refusal`), which comes in place of content. */
  readonly refusal: string;
  /** What it thinks before it answers, under either of its two names (WIRE.md 1.11). */
  readonly reasoning: string;
  readonly toolCalls: readonly ToolCallDelta[];
  /** In the words of chat completions. */
  readonly finishReason: string | null;
  /** The provider's own word, where it is another. */
  readonly rawFinishReason?: string;
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

/** A choice that says nothing yet: adapters add what an event brings. */
export const SILENT: ChunkChoice = {
  index: 0,
  text: "",
  refusal: "",
  reasoning: "",
  toolCalls: [],
  finishReason: null,
  stopReason: null,
  tokens: [],
};

/** OpenAI's entry of a token, which chat completions and responses share. */
export function parseToken(entry: Readonly<Record<string, unknown>>): ChunkToken {
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
export function logprobOf(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? Math.min(0, value) : null;
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What chat and older completions have around their choices. Null when it is not a JSON object at all. */
export function parseEnvelope(
  raw: unknown,
  parseChoice: (choice: Readonly<Record<string, unknown>>) => ChunkChoice,
): Chunk | null {
  if (!isRecord(raw)) return null;
  return {
    id: textOf(raw.id) || null,
    model: textOf(raw.model) || null,
    choices: listOf(raw.choices).map(parseChoice),
    usage: isRecord(raw.usage) ? raw.usage : null,
  };
}
