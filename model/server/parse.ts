import type { ChatMessage } from "../chat.ts";
import { RequestError } from "./errors.ts";

/** A chat-completion request, checked. Every optional parameter may also be null; unknown parameters are ignored. */
export type ChatRequest = {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number | undefined;
  readonly n: number;
  readonly stop: readonly string[];
  /** Alternatives per token, 0 to 20; undefined without `logprobs: true`. */
  readonly topLogprobs: number | undefined;
  readonly maxTokens: number | undefined;
  readonly stream: boolean;
  readonly includeUsage: boolean;
};

const MAX_CHOICES = 128;
const MAX_STOP_SEQUENCES = 4;
const MAX_TOP_LOGPROBS = 20;

export function parseChatRequest(text: string): ChatRequest {
  const body = parseObject(text);
  const model = body.model;
  if (typeof model !== "string" || model === "") throw invalid("model", "a model id is required");
  const wantsLogprobs = boolean(body, "logprobs");
  const topLogprobs = integer(body, "top_logprobs", 0, MAX_TOP_LOGPROBS);
  if (topLogprobs !== undefined && !wantsLogprobs) throw invalid("top_logprobs", "it needs logprobs: true");
  const maxTokens = integer(body, "max_tokens", 1, Number.MAX_SAFE_INTEGER);
  const maxCompletionTokens = integer(body, "max_completion_tokens", 1, Number.MAX_SAFE_INTEGER);
  const stream = boolean(body, "stream");
  const streamOptions = body.stream_options ?? undefined;
  if (streamOptions !== undefined && !isObject(streamOptions)) throw invalid("stream_options", "it must be an object");
  if (streamOptions !== undefined && !stream) throw invalid("stream_options", "it needs stream: true");
  return {
    model,
    messages: parseMessages(body.messages),
    temperature: number(body, "temperature", 0, 2) ?? 1,
    topP: number(body, "top_p", 0, 1) ?? 1,
    seed: integer(body, "seed", Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    n: integer(body, "n", 1, MAX_CHOICES) ?? 1,
    stop: parseStop(body.stop),
    topLogprobs: wantsLogprobs ? (topLogprobs ?? 0) : undefined,
    maxTokens: maxTokens ?? maxCompletionTokens,
    stream,
    includeUsage: streamOptions !== undefined && boolean(streamOptions, "include_usage"),
  };
}

type JsonObject = Readonly<Record<string, unknown>>;

function parseObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RequestError(400, "The request body is not valid JSON.", null, "invalid_json");
  }
  if (!isObject(value)) throw new RequestError(400, "The request body must be a JSON object.");
  return value;
}

function parseMessages(value: unknown): readonly ChatMessage[] {
  if (!Array.isArray(value) || value.length === 0)
    throw invalid("messages", "it must be a list of at least one message");
  const messages = value.map((message: unknown, index): ChatMessage => {
    const param = `messages[${index}]`;
    if (!isObject(message)) throw invalid(param, "it must be an object");
    const { role, content } = message;
    if (typeof role !== "string") throw invalid(`${param}.role`, "it must be a string");
    return { role, content: parseContent(content, role, `${param}.content`) };
  });
  if (!messages.some((message) => message.role === "user" || message.role === "assistant"))
    throw invalid("messages", "this model needs at least one user message; system messages are ignored by it");
  return messages;
}

function parseContent(content: unknown, role: string, param: string): string {
  if (typeof content === "string") return content;
  if ((content === null || content === undefined) && role === "assistant") return "";
  if (!Array.isArray(content)) throw invalid(param, "it must be a string or a list of text parts");
  return content
    .map((part: unknown, index) => {
      if (isObject(part) && part.type === "text" && typeof part.text === "string") return part.text;
      throw invalid(`${param}[${index}]`, "this model reads text parts only");
    })
    .join("");
}

function parseStop(value: unknown): readonly string[] {
  if (value === null || value === undefined) return [];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const stops = list.filter((stop) => typeof stop === "string" && stop !== "");
  if (stops.length !== list.length || stops.length > MAX_STOP_SEQUENCES)
    throw invalid("stop", `it must be a string or a list of up to ${MAX_STOP_SEQUENCES} strings, none of them empty`);
  return stops.map(String);
}

function number(body: JsonObject, param: string, least: number, most: number): number | undefined {
  const value = body[param] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value === "number" && value >= least && value <= most) return value;
  throw invalid(param, `it must be a number from ${least} to ${most}`);
}

function integer(body: JsonObject, param: string, least: number, most: number): number | undefined {
  const value = body[param] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  throw invalid(
    param,
    most >= Number.MAX_SAFE_INTEGER
      ? "it must be an integer in range"
      : `it must be an integer from ${least} to ${most}`,
  );
}

function boolean(body: JsonObject, param: string): boolean {
  const value = body[param] ?? false;
  if (typeof value === "boolean") return value;
  throw invalid(param, "it must be true or false");
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(param: string, what: string): RequestError {
  return new RequestError(400, `Invalid '${param}': ${what}.`, param, "invalid_value");
}
