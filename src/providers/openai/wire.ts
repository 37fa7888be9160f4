import type { Wire } from "../wire.ts";
import { parseChunk } from "./chunk.ts";

/** OpenAI's chat completions, as most servers speak them. */
export const chatWire: Wire = {
  path: "/chat/completions",
  takesCount: true,
  leastMaxTokens: 1,
  bodyOf: ({ request, messages, forwarded, upstream, capabilities, count, seed }) => {
    const isContinued =
      request.prefix !== "" && capabilities.continuation && (capabilities.continuationBy ?? "fields") === "fields";
    return {
      ...forwarded,
      model: upstream,
      messages,
      stream: true,
      stream_options: { include_usage: true },
      // The older name: every server that takes `max_completion_tokens` still takes this one, and many only this one.
      max_tokens: request.maxTokens,
      ...(capabilities.seed === false ? {} : { seed }),
      ...(count === 1 ? {} : { n: count }),
      ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
      ...(request.topP === undefined ? {} : { top_p: request.topP }),
      ...(request.stop.length === 0 ? {} : { stop: request.stop }),
      ...(request.topLogprobs === null ? {} : { logprobs: true, top_logprobs: request.topLogprobs }),
      // vLLM answers a trailing assistant message with a new turn unless told to continue it; others ignore the fields.
      ...(isContinued ? { continue_final_message: true, add_generation_prompt: false } : {}),
    };
  },
  createReader: () => parseChunk,
};
