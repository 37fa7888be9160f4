import type { CompletionRequest } from "../../core/model.ts";

/**
 * Whether OpenAI's newer models refuse this request as a chat: tools, and any thinking (WIRE.md 0.2; LibreChat #14231,
 * litellm #34569). Without an effort the model's own default counts, and that is rarely none.
 */
export function wantsResponses({ forwarded }: CompletionRequest): boolean {
  const { tools, reasoning_effort: effort } = forwarded;
  return Array.isArray(tools) && tools.length > 0 && effort !== "none";
}
