import { messageText } from "../../core/problem.ts";
import {
  type Chunk,
  type ChunkChoice,
  type ChunkToken,
  isRecord,
  logprobOf,
  parseEnvelope,
  SILENT,
  textOf,
} from "../chunk.ts";
import type { Wire } from "../wire.ts";

/**
 * OpenAI's older completions, for base models: the messages' texts, a blank line between them, are the prompt, and what
 * has been said of the answer follows it directly, so that it is continued exactly. No roles, no tools, no pictures; a
 * model that was trained on a chat template is better asked as a chat.
 */
export const completionsWire: Wire = {
  path: "/completions",
  takesCount: true,
  leastMaxTokens: 1,
  bodyOf: ({ request, forwarded, upstream, capabilities, count, seed }) => ({
    ...forwarded,
    model: upstream,
    prompt: `${request.messages.map(messageText).join("\n\n")}\n\n${request.prefix}`,
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: request.maxTokens,
    ...(capabilities.seed === false ? {} : { seed }),
    ...(count === 1 ? {} : { n: count }),
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...(request.topP === undefined ? {} : { top_p: request.topP }),
    ...(request.stop.length === 0 ? {} : { stop: request.stop }),
    ...(request.topLogprobs === null ? {} : { logprobs: request.topLogprobs }),
  }),
  createReader: () => parseChunk,
};

function parseChunk(raw: unknown): Chunk | null {
  return parseEnvelope(raw, parseChoice);
}

function parseChoice(choice: Readonly<Record<string, unknown>>): ChunkChoice {
  return {
    ...SILENT,
    index: typeof choice.index === "number" ? choice.index : 0,
    text: textOf(choice.text),
    finishReason: textOf(choice.finish_reason) || null,
    stopReason: textOf(choice.stop_reason) || null,
    tokens: isRecord(choice.logprobs) ? tokensOf(choice.logprobs) : [],
  };
}

/** Parallel lists, with the alternatives as one object per token. */
function tokensOf({ tokens, token_logprobs, top_logprobs }: Readonly<Record<string, unknown>>): readonly ChunkToken[] {
  const logprobs = Array.isArray(token_logprobs) ? token_logprobs : [];
  const tops = Array.isArray(top_logprobs) ? top_logprobs : [];
  return (Array.isArray(tokens) ? tokens : []).map((token, at) => ({
    token: textOf(token),
    logprob: logprobOf(logprobs[at]),
    top: Object.entries(isRecord(tops[at]) ? tops[at] : {})
      .flatMap(([word, value]) => {
        const logprob = logprobOf(value);
        return logprob === null ? [] : [{ token: word, logprob }];
      })
      // An object forgets the order of keys that look like numbers.
      .sort((a, b) => b.logprob - a.logprob),
  }));
}
