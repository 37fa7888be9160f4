import { expect, test } from "vitest";
import type { Exchange } from "./proxy.ts";
import { faultsOf } from "./rules.ts";

// The judge of all client tests is itself judged here: a stream as it should be, and every way it could go wrong.

const head = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "m" };
const chunk = (delta: object, finish: string | null = null, rest: object = {}) => ({
  ...head,
  choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
  usage: null,
  ...rest,
});
const USAGE = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const ROLE = chunk({ role: "assistant", content: "" });
const TEXT = chunk({ content: "Hello" });
const END = chunk({}, "stop");
const LAST = { ...head, choices: [], usage: USAGE };
const REQUEST = { model: "m", stream: true, stream_options: { include_usage: true }, max_tokens: 8 };
const call = (...calls: object[]) => calls.map((one) => chunk({ tool_calls: [one] }));

function stream(frames: readonly (object | string)[], request: object = {}, changes: Partial<Exchange> = {}): string[] {
  return faultsOf({
    method: "POST",
    path: "/v1/chat/completions",
    requestText: JSON.stringify({ ...REQUEST, ...request }),
    requestHeaders: {},
    status: 200,
    headers: { "content-type": "text/event-stream; charset=utf-8", "x-request-id": "req_1" },
    text: frames
      .map((frame) => (typeof frame === "string" ? frame : `data: ${JSON.stringify(frame)}`))
      .map((frame) => `${frame}\n\n`)
      .join(""),
    isComplete: true,
    longestSilenceMs: 0,
    ...changes,
  });
}

const DONE = "data: [DONE]";
const ERROR = { error: { message: "m", type: "server_error", param: null, code: null } };

test.each<[string, readonly (object | string)[], object?]>([
  ["an ordinary one", [ROLE, TEXT, END, LAST, DONE]],
  ["one with signs of life", [ROLE, chunk({ content: "" }), TEXT, END, LAST, DONE]],
  ["one that ends with an error", [ROLE, TEXT, ERROR]],
  [
    "one with a tool call in pieces",
    [
      ROLE,
      ...call(
        { index: 0, id: "call_1", type: "function", function: { name: "f", arguments: '{"a"' } },
        { index: 0, function: { arguments: ":1}" } },
      ),
      END,
      LAST,
      DONE,
    ],
  ],
])("a stream passes: %s", (_name, frames, request) => {
  expect(stream(frames, request)).toEqual([]);
});

test.each<[string, readonly (object | string)[], RegExp, object?]>([
  ["no role", [TEXT, END, LAST, DONE], /roles/],
  ["the role twice", [ROLE, ROLE, TEXT, END, LAST, DONE], /roles/],
  ["text before the role", [TEXT, ROLE, END, LAST, DONE], /does not begin with its role/],
  ["no end", [ROLE, TEXT, LAST, DONE], /finishes 0 times/],
  ["two ends", [ROLE, END, END, LAST, DONE], /finishes 2 times/],
  ["text after the end", [ROLE, END, TEXT, LAST, DONE], /goes on after its end/],
  ["an unknown end", [ROLE, chunk({}, "budget"), LAST, DONE], /finish_reason/],
  ["no [DONE]", [ROLE, END, LAST], /neither/],
  ["another id", [ROLE, { ...TEXT, id: "chatcmpl-2" }, END, LAST, DONE], /id, created or model changed/],
  ["another model", [ROLE, END, LAST, DONE], /model m/, { model: "other" }],
  ["a number for text", [ROLE, chunk({ content: 7 }), END, LAST, DONE], /content/],
  ["a foreign key in a delta", [ROLE, chunk({ score: "1" }), END, LAST, DONE], /'score'/],
  ["a comment", [": keep-alive", ROLE, END, LAST, DONE], /not an event/],
  ["an id line", ["id: 1\ndata: {}", ROLE, END, LAST, DONE], /not an event/],
  ["a named event", ["event: progress\ndata: {}", ROLE, END, LAST, DONE], /an event 'progress'/],
  ["usage unasked", [ROLE, END, LAST, DONE], /nobody asked/, { stream_options: null }],
  ["no usage", [ROLE, TEXT, END, DONE], /usage is told 0 times/],
  ["usage twice", [ROLE, TEXT, { ...END, usage: USAGE }, LAST, DONE], /usage is told 2 times/],
  ["usage that does not add up", [ROLE, END, { ...LAST, usage: { ...USAGE, total_tokens: 9 } }, DONE], /add up/],
  ["more tokens than the cap", [ROLE, END, LAST, DONE], /under a cap of 1/, { max_tokens: 1 }],
  ["one choice of two", [ROLE, END, LAST, DONE], /1 choices where 2/, { n: 2 }],
  ["an error without its four keys", [ROLE, { error: { message: "m", type: "t" } }], /the keys message,type/],
  [
    "a call without a name",
    [ROLE, ...call({ index: 0, id: "c", type: "function", function: { arguments: "{}" } }), END, LAST, DONE],
    /tool call 0 begins with/,
  ],
  [
    "arguments that are no JSON",
    [ROLE, ...call({ index: 0, id: "c", type: "function", function: { name: "f", arguments: "{" } }), END, LAST, DONE],
    /has the arguments/,
  ],
  [
    "two calls of one id",
    [
      ROLE,
      ...call(
        { index: 0, id: "c", type: "function", function: { name: "f", arguments: "{}" } },
        { index: 1, id: "c", type: "function", function: { name: "f", arguments: "{}" } },
      ),
      END,
      LAST,
      DONE,
    ],
    /share an id/,
  ],
])("a stream with %s is found out", (_name, frames, fault, request) => {
  expect(stream(frames, request).join("\n")).toMatch(fault);
});

test("a stream cut off by its client is judged by what came", () => {
  expect(stream([ROLE, TEXT], {}, { isComplete: false })).toEqual([]);
  expect(stream([ROLE, chunk({ content: 7 })], {}, { isComplete: false })).not.toEqual([]);
});

test.each<[string, Partial<Exchange>, RegExp]>([
  ["without a request id", { headers: { "content-type": "text/event-stream" } }, /no x-request-id/],
  ["of a stream as JSON", { headers: { "content-type": "application/json" } }, /content-type application\/json/],
  ["of an error as text", { status: 500, text: "Internal Server Error" }, /ErrorResponse/],
  ["of an error as HTML", { status: 502, text: "{}", headers: { "content-type": "text/html" } }, /content-type text/],
])("an answer %s is found out", (_name, changes, fault) => {
  expect(stream([ROLE, END, LAST, DONE], {}, changes).join("\n")).toMatch(fault);
});
