import { bytes, DONE, data, headers } from "../../upstream/index.ts";
import { chat, usageOf } from "./chat.ts";
import type { Dialect } from "./said.ts";

/**
 * Workers AI has three ways to say the same; the shapes are those of live captures (cloudflare/ai, packages/
 * workers-ai-provider/test/stream-text.test.ts, and the notes on its streams there), with the figures of the whole call in
 * a last event of their own. Errors: developers.cloudflare.com/workers-ai/platform/errors, in the two shapes that workerd's
 * `ai-api` reads.
 */
const common = {
  adapter: "workers-ai",
  path: "/v1/run",
  limit: { field: "max_tokens", least: 1 },
  endings: chat.endings,
  errorEvent: (message: string) => data({ error: { message, code: 500 } }),
} as const;

/** Events of the models' own. */
export const workersAi: Dialect = {
  ...common,
  name: "workers-ai",
  lacks: ["count", "stop", "logprobs", "refusal", "reasoning", "content-filter", "cached"],
  say: ({ choices: [choice], usage }) => {
    const { pieces = [], calls = [], ending = null } = choice ?? {};
    const tool_calls = calls.map((call) => ({ name: call.name, arguments: JSON.parse(call.pieces.join("")) }));
    const figures = usageOf(usage ?? { prompt: undefined, completion: undefined });
    // It says nothing of why it ends but how many tokens it took.
    const told = ending === "length" && usage === null ? { completion_tokens: 64 } : figures;
    return [
      headers(),
      ...pieces.map((response) => data({ response, p: "abc" })),
      ...(calls.length === 0 ? [] : [data({ response: null, tool_calls, p: "ab" })]),
      ...(ending === null ? [] : [data({ response: "", usage: told })]),
      DONE,
    ];
  },
  refuse: (status, description, extra = {}) => [
    headers(status, { "content-type": "application/json", ...extra }),
    bytes(JSON.stringify({ internalCode: 3000 + status, name: "AiError", description })),
  ],
};

/** Chunks and the models' own events in one, the same text in both. */
export const workersAiBoth: Dialect = {
  ...common,
  name: "workers-ai (chat chunks)",
  lacks: ["count", "stop", "logprobs"],
  say: ({ choices: [choice], usage }) => [
    ...chat
      .say({ choices: choice === undefined ? [] : [choice], usage: null })
      .filter((action) => action !== DONE)
      .map(withResponse),
    ...(usage === null ? [] : [data({ response: "", usage: usageOf(usage) })]),
    DONE,
  ],
  refuse: (status, message, extra = {}) => [
    headers(status, { "content-type": "application/json", ...extra }),
    bytes(JSON.stringify({ errors: [{ code: 3000 + status, message }] })),
  ],
};

/** A chunk with its text said again, and with usage of its own piece. */
function withResponse(action: ReturnType<Dialect["say"]>[number]): typeof action {
  if (action.type !== "bytes" || typeof action.bytes !== "string") return action;
  const event = JSON.parse(action.bytes.slice("data: ".length));
  const { content = "" } = event.choices[0].delta ?? {};
  return data({ ...event, response: content, usage: { prompt_tokens: 0, completion_tokens: 1 }, p: "x" });
}
