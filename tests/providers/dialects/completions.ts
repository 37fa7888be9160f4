import { DONE, data, headers, refusal } from "../../upstream/index.ts";
import { usageOf } from "./chat.ts";
import type { Dialect } from "./said.ts";

/** The older completions, as OpenAI's API reference and vLLM's server have them. */
export const completions: Dialect = {
  name: "openai-completions",
  adapter: "openai-completions",
  capabilities: { logprobs: true },
  lacks: ["calls", "refusal", "reasoning"],
  path: "/v1/completions",
  limit: { field: "max_tokens", least: 1 },
  endings: { stop: "stop", length: "length", "tool-calls": "tool_calls", "content-filter": "content_filter" },
  say: ({ choices, usage }) => [
    headers(),
    ...choices.flatMap(({ pieces, ending, logprobs }, index) => [
      ...pieces.map((text, at) => {
        const token = logprobs?.[at];
        const told = token && {
          tokens: [token.token],
          token_logprobs: [token.logprob],
          top_logprobs: [Object.fromEntries(token.top_logprobs.map((one) => [one.token, one.logprob]))],
        };
        return data(chunk([{ index, text, logprobs: told ?? null, finish_reason: null }]));
      }),
      ...(ending === null ? [] : [data(chunk([{ index, text: "", finish_reason: completions.endings[ending] }]))]),
    ]),
    ...(usage === null ? [] : [data({ ...chunk([]), usage: usageOf(usage) })]),
    DONE,
  ],
  errorEvent: (message) => data({ error: { message, type: "InternalServerError", code: 500 } }),
  refuse: (status, message, extra = {}) => refusal(status, message, {}, extra),
};

function chunk(choices: readonly unknown[]): Record<string, unknown> {
  return { id: "cmpl-1", object: "text_completion", created: 1, model: "scripted-2026", choices };
}
