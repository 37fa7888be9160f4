import { z } from "zod";
import type { ApiError } from "../errors.ts";
import { type LegacyMessage, legacyCall } from "./legacy-functions.ts";

const content = z.union([z.string(), z.array(z.looseObject({ type: z.string() }))], {
  error: "expected a string or an array of content parts",
});

export const messageSchema = z.looseObject({
  role: z.enum(["system", "developer", "user", "assistant", "tool", "function"]),
  content: content.nullish(),
  name: z.string().nullish(),
  tool_calls: z.array(z.unknown()).nullish(),
  tool_call_id: z.string().nullish(),
  function_call: legacyCall,
  reasoning_content: z.string().nullish(),
  reasoning: z.string().nullish(),
  reasoning_details: z.array(z.unknown()).nullish(),
});

type Input = z.infer<typeof messageSchema>;

/** OpenAI's, and `video_url`, which open models take. Passed on as they came: what a provider cannot see, it refuses. */
const PART_TYPES: readonly string[] = ["text", "image_url", "input_audio", "file", "refusal", "video_url"];

/** A part that nobody here knows would be dropped by some provider in silence, and the answer be about something else. */
export function messageFault(messages: readonly Input[]): ApiError | null {
  for (const [index, message] of messages.entries()) {
    const parts = Array.isArray(message.content) ? message.content : [];
    const at = parts.findIndex(({ type }) => !PART_TYPES.includes(type));
    if (at < 0) continue;
    const param = `messages[${index}].content[${at}].type`;
    const known = PART_TYPES.map((type) => `'${type}'`).join(", ");
    const text = `Invalid value: '${parts[at]?.type}'. Supported values are: ${known}.`;
    return { type: "invalid-parameter", code: "invalid_value", message: text, param };
  }
  return null;
}

/** Reasoning stays with its turn, for the providers that want it back; annotations and cache marks are dropped. */
export function toMessage(input: Input): LegacyMessage {
  return {
    role: input.role,
    content: input.content ?? null,
    ...(input.name != null && { name: input.name }),
    ...(input.tool_calls != null && input.tool_calls.length > 0 && { tool_calls: input.tool_calls }),
    ...(input.tool_call_id != null && { tool_call_id: input.tool_call_id }),
    ...(input.function_call != null && { function_call: input.function_call }),
    ...(input.reasoning_content != null && { reasoning_content: input.reasoning_content }),
    ...(input.reasoning != null && { reasoning: input.reasoning }),
    ...(input.reasoning_details != null && { reasoning_details: input.reasoning_details }),
  };
}
