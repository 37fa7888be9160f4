import { bytes, headers, refusal } from "../../upstream/index.ts";
import type { Dialect, Said, SaidChoice } from "./said.ts";

/**
 * Events of OpenAI's Responses API, in the shape and order of live captures: vercel/ai, packages/openai/src/responses/
 * __fixtures__ (`issue-19493-gpt-5.1-tool-call`, `openai-error.1`, `openai-response-failed-only.1`), and of the SDK's types.
 */
export const responses: Dialect = {
  name: "openai-responses",
  adapter: "openai-responses",
  capabilities: { logprobs: true },
  lacks: ["count", "stop"],
  path: "/v1/responses",
  limit: { field: "max_output_tokens", least: 16 },
  endings: {
    stop: "completed",
    length: "max_output_tokens",
    "tool-calls": "completed",
    "content-filter": "content_filter",
  },
  say: ({ choices: [choice], usage }) => {
    if (choice === undefined) throw new Error("a response says one thing");
    return [headers(), ...eventsOf(choice, usage).map((event, number) => sent({ ...event, sequence_number: number }))];
  },
  errorEvent: (message) => sent({ type: "error", error: { type: "server_error", code: "server_error", message } }),
  refuse: (status, message, extra = {}) => refusal(status, message, {}, extra),
};

function sent(event: { readonly type: string; readonly [field: string]: unknown }) {
  return bytes(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}

interface Event {
  readonly type: string;
  readonly [field: string]: unknown;
}

function eventsOf(choice: SaidChoice, usage: Said["usage"]): readonly Event[] {
  const { ending, reasoning = [], calls = [] } = choice;
  const events: Event[] = [
    { type: "response.created", response: responseOf("in_progress") },
    { type: "response.in_progress", response: responseOf("in_progress") },
  ];
  let index = 0;
  if (reasoning.length > 0) events.push(...reasoningEvents(reasoning, index++));
  if (choice.pieces.length > 0 || (choice.refusal ?? []).length > 0) events.push(...messageEvents(choice, index++));
  for (const call of calls) events.push(...callEvents(call, index++));
  if (ending === null) return events;
  const why = ending === "length" ? "max_output_tokens" : ending === "content-filter" ? "content_filter" : null;
  const status = why === null || (choice.refusal ?? []).length > 0 ? "completed" : "incomplete";
  const response = {
    ...responseOf(status),
    incomplete_details: status === "incomplete" ? { reason: why } : null,
    usage: usage === null ? null : usageOf(usage),
  };
  return [...events, { type: `response.${status}`, response }];
}

function responseOf(status: string): Record<string, unknown> {
  return { id: "resp_1", object: "response", status, error: null, model: "scripted-2026", output: [], usage: null };
}

function reasoningEvents(pieces: readonly string[], output_index: number): readonly Event[] {
  const at = { item_id: "rs_1", output_index, summary_index: 0 };
  return [
    { type: "response.output_item.added", output_index, item: { id: "rs_1", type: "reasoning", summary: [] } },
    { type: "response.reasoning_summary_part.added", ...at, part: { type: "summary_text", text: "" } },
    ...pieces.map((delta) => ({ type: "response.reasoning_summary_text.delta", ...at, delta })),
    { type: "response.reasoning_summary_text.done", ...at, text: pieces.join("") },
  ];
}

function messageEvents(
  { pieces, refusal: refused = [], logprobs }: SaidChoice,
  output_index: number,
): readonly Event[] {
  const at = { item_id: "msg_1", output_index, content_index: 0 };
  const said = pieces.join("");
  return [
    { type: "response.output_item.added", output_index, item: { id: "msg_1", type: "message", role: "assistant" } },
    { type: "response.content_part.added", ...at, part: { type: "output_text", text: "" } },
    ...pieces.map((delta, piece) => ({
      type: "response.output_text.delta",
      ...at,
      delta,
      logprobs: logprobs === undefined ? [] : [logprobs[piece]],
    })),
    ...(said === "" ? [] : [{ type: "response.output_text.done", ...at, text: said, logprobs: [] }]),
    ...refused.map((delta) => ({ type: "response.refusal.delta", ...at, delta })),
    ...(refused.length === 0 ? [] : [{ type: "response.refusal.done", ...at, refusal: refused.join("") }]),
    { type: "response.output_item.done", output_index, item: { id: "msg_1", type: "message", role: "assistant" } },
  ];
}

function callEvents(
  { id, name, pieces }: SaidChoice["calls"] & {} extends readonly (infer Call)[] ? Call : never,
  output_index: number,
) {
  const at = { item_id: `fc_${output_index}`, output_index };
  const item = { id: at.item_id, type: "function_call", call_id: id, name };
  const whole = pieces.join("");
  return [
    { type: "response.output_item.added", output_index, item: { ...item, status: "in_progress", arguments: "" } },
    ...pieces.map((delta) => ({ type: "response.function_call_arguments.delta", ...at, delta })),
    { type: "response.function_call_arguments.done", ...at, arguments: whole },
    { type: "response.output_item.done", output_index, item: { ...item, status: "completed", arguments: whole } },
  ];
}

function usageOf({ prompt, completion, cached = 0, reasoning = 0 }: Said["usage"] & {}): Record<string, unknown> {
  return {
    input_tokens: prompt,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: completion,
    output_tokens_details: { reasoning_tokens: reasoning },
  };
}
