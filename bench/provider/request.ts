import type { ReplyRequest } from "./reply.ts";
import type { AnswerForm } from "./wire.ts";

/** A chat-completions request as far as the scripted provider looks at it. */
export interface ProviderRequest extends ReplyRequest, AnswerForm {
  readonly n: number;
  readonly isStream: boolean;
  /** Four characters each, and four for every message. */
  readonly promptTokens: number;
}

const DEFAULT_MAX_TOKENS = 1024;

/** Null for what is no request. Lenient otherwise: checking requests is the business of the service under test. */
export function parseRequest(text: string): ProviderRequest | null {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof body !== "object" || body === null) return null;
  const fields = body as Readonly<Record<string, unknown>>;
  if (typeof fields.model !== "string" || !Array.isArray(fields.messages) || fields.messages.length === 0) return null;
  const messages = fields.messages.map(messageOf);
  const characters = messages.reduce((sum, message) => sum + message.text.length, 0);
  const options = fields.stream_options as { include_usage?: unknown } | null | undefined;
  return {
    model: fields.model,
    messages,
    maxTokens: numberOf(fields.max_tokens) ?? numberOf(fields.max_completion_tokens) ?? DEFAULT_MAX_TOKENS,
    stop: typeof fields.stop === "string" ? [fields.stop] : ((fields.stop ?? []) as string[]),
    seed: numberOf(fields.seed) ?? 0,
    n: numberOf(fields.n) ?? 1,
    isStream: fields.stream === true,
    hasUsageChunk: options?.include_usage === true,
    topLogprobs: fields.logprobs === true ? (numberOf(fields.top_logprobs) ?? 0) : null,
    promptTokens: 4 * messages.length + Math.ceil(characters / 4),
  };
}

function messageOf(message: unknown): { role: string; text: string } {
  const { role, content } = (message ?? {}) as { role?: unknown; content?: unknown };
  const text = typeof content === "string" ? content : JSON.stringify(content ?? "");
  return { role: String(role), text };
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
