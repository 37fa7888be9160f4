import type { Capabilities, CompletionRequest, ModelError } from "../core/model.ts";
import { messagesOf } from "./openai/request.ts";

/**
 * A low guess at how few tokens a prompt can have: common words are tokens of their own, and English has some four characters
 * to a token; only rulers and blanks have more than this. A guess too low errs on the side of asking: the provider then says it.
 */
const MOST_CHARACTERS_PER_TOKEN = 8;

/** A low guess at the tokens of the messages as they would be sent. */
function leastPromptTokens(request: CompletionRequest, capabilities: Capabilities): number {
  let characters = 0;
  for (const { content } of messagesOf(request, capabilities)) {
    if (typeof content === "string") characters += content.length;
    else for (const part of content ?? []) characters += typeof part.text === "string" ? part.text.length : 0;
  }
  return Math.ceil(characters / MOST_CHARACTERS_PER_TOKEN);
}

/** Why this model cannot carry this request out, by what is declared of it; null where it can, or nothing is declared. */
export function misfit(request: CompletionRequest, capabilities: Capabilities): ModelError | null {
  const { contextTokens } = capabilities;
  if (contextTokens !== undefined) {
    const least = leastPromptTokens(request, capabilities);
    if (least >= contextTokens) {
      const message = `This model's maximum context length is ${contextTokens} tokens, and the messages have ${least} at least.`;
      return { type: "context-length", message };
    }
  }
  const missing = missingFeature(request, capabilities);
  return missing === null ? null : { type: "invalid-request", message: `This model does not take ${missing}.` };
}

function missingFeature({ forwarded, keepsTokens }: CompletionRequest, capabilities: Capabilities): string | null {
  if (keepsTokens === true && !capabilities.logprobs) return "logprobs";
  const { tools, jsonSchema } = capabilities;
  if (tools === false && Array.isArray(forwarded.tools) && forwarded.tools.length > 0) return "tools";
  const format = forwarded.response_format;
  const isSchema = typeof format === "object" && format !== null && "type" in format && format.type === "json_schema";
  if (jsonSchema === false && isSchema) return "a response_format of type json_schema";
  return null;
}

/** A continuation would be asked for in words: whoever goes on by itself comes first. */
export function isImitated({ prefix }: CompletionRequest, { continuation }: Capabilities): boolean {
  return prefix !== "" && !continuation;
}

/** The request as this model can take it: no more tokens than its context has left, no more alternatives than it gives. */
export function fitted(request: CompletionRequest, capabilities: Capabilities): CompletionRequest {
  const { contextTokens, topLogprobs } = capabilities;
  const room =
    contextTokens === undefined
      ? request.maxTokens
      : Math.max(1, contextTokens - Math.min(leastPromptTokens(request, capabilities), contextTokens - 1));
  const alternatives =
    request.topLogprobs === null ? null : Math.min(request.topLogprobs, topLogprobs ?? request.topLogprobs);
  if (room >= request.maxTokens && alternatives === request.topLogprobs) return request;
  return { ...request, maxTokens: Math.min(room, request.maxTokens), topLogprobs: alternatives };
}

/** OpenAI routes by a hash of the first 256 tokens or so; prompts that share those share a cache. */
const PREFIX_CHARACTERS = 1024;

/** The beginning of the prompt, as one text. */
export function prefixOf({ messages }: CompletionRequest): string {
  let prefix = "";
  for (const { role, content } of messages) {
    const text = typeof content === "string" ? content : JSON.stringify(content ?? "").slice(0, PREFIX_CHARACTERS);
    prefix += `${role}\n${text}\n`;
    if (prefix.length >= PREFIX_CHARACTERS) break;
  }
  return prefix.slice(0, PREFIX_CHARACTERS);
}
