import { DONE, data, headers, refusal } from "../../upstream/index.ts";
import type { Dialect, Said, SaidChoice } from "./said.ts";

const ENDINGS = {
  stop: "stop",
  length: "length",
  "tool-calls": "tool_calls",
  "content-filter": "content_filter",
} as const;

/** Chat completions as OpenAI's API reference shows them (platform.openai.com, "Streaming events"), one chunk a piece. */
export const chat: Dialect = {
  name: "openai",
  adapter: "openai",
  capabilities: { logprobs: true },
  lacks: [],
  path: "/v1/chat/completions",
  limit: { field: "max_tokens", least: 1 },
  endings: ENDINGS,
  say: ({ choices, usage }) => [
    headers(),
    ...choices.flatMap((choice, index) => chunksOf(choice).map((part) => data(chunk([{ index, ...part }])))),
    ...(usage === null ? [] : [data({ ...chunk([]), usage: usageOf(usage) })]),
    DONE,
  ],
  errorEvent: (message) => data({ error: { message, type: "server_error", code: 500 } }),
  refuse: (status, message, extra = {}) => refusal(status, message, {}, extra),
};

function chunk(choices: readonly unknown[]): Record<string, unknown> {
  return { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "scripted-2026", choices };
}

function chunksOf({ pieces, ending, reasoning = [], refusal: refused = [], calls = [], logprobs }: SaidChoice) {
  const deltas: object[] = [
    { delta: { role: "assistant", content: "" }, finish_reason: null },
    ...reasoning.map((reasoning_content) => ({ delta: { reasoning_content }, finish_reason: null })),
    ...pieces.map((content, at) => ({
      delta: { content },
      ...(logprobs !== undefined && { logprobs: { content: [logprobs[at]] } }),
      finish_reason: null,
    })),
    ...refused.map((text) => ({ delta: { refusal: text }, finish_reason: null })),
    ...calls.flatMap(({ id, name, pieces: parts }, index) => [
      { delta: { tool_calls: [{ index, id, type: "function", function: { name, arguments: "" } }] } },
      ...parts.map((text) => ({ delta: { tool_calls: [{ index, function: { arguments: text } }] } })),
    ]),
  ];
  return ending === null ? deltas : [...deltas, { delta: {}, finish_reason: ENDINGS[ending] }];
}

export function usageOf({ prompt, completion, cached, reasoning }: Said["usage"] & {}): Record<string, unknown> {
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    ...(cached !== undefined && { prompt_tokens_details: { cached_tokens: cached } }),
    ...(reasoning !== undefined && { completion_tokens_details: { reasoning_tokens: reasoning } }),
  };
}
