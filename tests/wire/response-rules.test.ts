import { expect, test } from "vitest";
import { faultsOf } from "./rules.ts";

// The judge of the Responses API's streams, judged.

const open = {
  id: "resp_1",
  object: "response",
  created_at: 1,
  status: "in_progress",
  error: null,
  incomplete_details: null,
  instructions: null,
  metadata: {},
  model: "m",
  output: [],
  parallel_tool_calls: true,
  temperature: 1,
  tool_choice: "auto",
  tools: [],
  top_p: 1,
};
const part = { type: "output_text", text: "Hello", annotations: [], logprobs: [] };
const item = { id: "msg_1", type: "message", role: "assistant", status: "completed", content: [part] };
const at = { item_id: "msg_1", output_index: 0, content_index: 0 };
const usage = {
  input_tokens: 3,
  input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
  output_tokens: 2,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 5,
};
type Event = { readonly type: string; readonly [field: string]: unknown };

const EVENTS: readonly Event[] = [
  { type: "response.created", response: open },
  { type: "response.output_item.added", output_index: 0, item: { ...item, status: "in_progress", content: [] } },
  { type: "response.content_part.added", ...at, part: { ...part, text: "" } },
  { type: "response.output_text.delta", ...at, delta: "Hel", logprobs: [] },
  { type: "response.output_text.delta", ...at, delta: "lo", logprobs: [] },
  { type: "response.output_text.done", ...at, text: "Hello", logprobs: [] },
  { type: "response.content_part.done", ...at, part },
  { type: "response.output_item.done", output_index: 0, item },
  { type: "response.completed", response: { ...open, status: "completed", output: [item], usage } },
].map((event, sequence_number) => ({ ...event, sequence_number }));

function faults(events: readonly Event[], nameOf = (event: Event): string => event.type): string {
  return faultsOf({
    method: "POST",
    path: "/v1/responses",
    requestText: JSON.stringify({ model: "m", stream: true }),
    requestHeaders: {},
    status: 200,
    headers: { "content-type": "text/event-stream", "x-request-id": "req_1" },
    text: events.map((event) => `event: ${nameOf(event)}\ndata: ${JSON.stringify(event)}\n\n`).join(""),
    isComplete: true,
    longestSilenceMs: 0,
  }).join("\n");
}

const without = (type: string) => EVENTS.filter((event) => event.type !== type);
const changed = (type: string, change: object) =>
  EVENTS.map((event) => (event.type === type ? { ...event, ...change } : event));

test("a stream as it should be passes, also with its newest event repeated as a sign of life", () => {
  expect(faults(EVENTS)).toBe("");
  expect(faults(EVENTS.flatMap((event, index) => (index === 0 ? [event, event, event] : [event])))).toBe("");
});

test.each<[string, readonly Event[], RegExp]>([
  ["a number left out", without("response.content_part.done"), /event 7 follows 5/],
  ["no end", without("response.completed"), /the ends are $/m],
  ["no beginning", EVENTS.slice(1), /begins with response.output_item.added/],
  ["an end that is not last", [...EVENTS, { ...EVENTS[0], sequence_number: 9 } as Event], /the ends are/],
  ["deltas that are not the text", changed("response.output_text.done", { text: "Hallo" }), /are not the text/],
  ["an event nobody knows", changed("response.created", { type: "response.searching" }), /no event of OpenAI's/],
  ["a field of a wrong type", changed("response.output_text.done", { output_index: "0" }), /output_index/],
  [
    "usage that does not add up",
    changed("response.completed", { response: { ...open, usage: { ...usage, total_tokens: 9 } } }),
    /add up/,
  ],
])("a stream with %s is found out", (_name, events, fault) => {
  expect(faults(events)).toMatch(fault);
});

test("an event with another name than its type is found out", () => {
  expect(faults(EVENTS, () => "message")).toMatch(/an event called message has the type response.created/);
});
