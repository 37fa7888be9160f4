import fc from "fast-check";
import { expect, test } from "vitest";
import type { Problem } from "../../../src/core/problem.ts";
import { FORM_GATES } from "../../../src/verifiers/form-gates/index.ts";
import { toolCalls } from "../../../src/verifiers/form-gates/tool-calls/gate.ts";
import { candidate } from "../scripted.ts";

const CITY = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
const TOOLS = [
  { type: "function", function: { name: "weather", parameters: CITY } },
  { type: "function", function: { name: "now" } },
  { type: "custom", custom: { name: "shell", format: { type: "text" } } },
];

function called(name: string, text: string) {
  return { id: "call_1", type: "function", function: { name, arguments: text } };
}

const GOOD = called("weather", '{"city":"Bonn"}');

function objection(calls: readonly unknown[], more: Readonly<Record<string, unknown>> = {}): string | null {
  const problem: Problem = { messages: [], forwarded: { tools: TOOLS, ...more }, reference: null };
  return toolCalls.create(problem).objectionTo(candidate(calls.length === 0 ? "Some text." : "", { toolCalls: calls }));
}

test.each<[unknown, string | null]>([
  [GOOD, null],
  [{ function: GOOD.function }, null],
  [called("now", ""), null],
  [called("now", "{}"), null],
  [called("now", '{"any":"thing"}'), null],
  [{ id: "c", type: "custom", custom: { name: "shell", input: "ls {" } }, null],
  [
    called("weather", '{"city":7}'),
    'the arguments of \'weather\': at #/city: Instance type "number" is invalid. Expected "string".',
  ],
  [called("weather", ""), "the arguments of 'weather': at #: Instance does not have required property \"city\"."],
  [called("weather", '{"city":"Bo'), "the arguments of 'weather' are no JSON object"],
  [called("weather", '["Bonn"]'), "the arguments of 'weather' are no JSON object"],
  [called("wether", '{"city":"Bonn"}'), "there is no tool 'wether'"],
  ["weather(Bonn)", "a call that is neither of a function nor of a custom tool"],
])("%j: %s", (call, expected) => {
  expect(objection([call])).toBe(expected);
});

test("no call is fine where none is demanded", () => {
  for (const tool_choice of [undefined, null, "auto", "none"]) expect(objection([], { tool_choice })).toBeNull();
});

test("tool_choice is what it says", () => {
  const named = { type: "function", function: { name: "weather" } };
  const allowed = (mode: string) => ({ type: "allowed_tools", allowed_tools: { mode, tools: [named] } });
  for (const tool_choice of ["required", named, allowed("required")]) {
    expect(objection([], { tool_choice })).toBe("it calls no tool, and tool_choice asks for one");
    expect(objection([GOOD], { tool_choice })).toBeNull();
  }
  expect(objection([], { tool_choice: allowed("auto") })).toBeNull();
  for (const tool_choice of ["none", named, allowed("auto")]) {
    expect(objection([called("now", "{}")], { tool_choice })).toBe("tool_choice does not allow 'now'");
  }
});

test("parallel_tool_calls: false allows one call", () => {
  expect(objection([GOOD, GOOD])).toBeNull();
  expect(objection([GOOD], { parallel_tool_calls: false })).toBeNull();
  expect(objection([GOOD, GOOD], { parallel_tool_calls: false })).toContain("makes 2 calls");
});

test("every call is looked at, not only the first", () => {
  expect(objection([GOOD, called("weather", "{")])).toContain("no JSON object");
});

test("a schema that cannot be used says nothing about the arguments", () => {
  const tools = [{ type: "function", function: { name: "weather", parameters: { type: "whole" } } }];
  expect(objection([GOOD], { tools })).toBeNull();
  expect(objection([called("weather", "Bonn")], { tools })).toContain("no JSON object");
});

test("without tools, or with some in words that nobody knows, there is no gate", () => {
  for (const tools of [undefined, null, [], "weather", [{ type: "web_search" }]]) {
    expect(toolCalls.isAsked({ messages: [], forwarded: { tools }, reference: null })).toBe(false);
  }
});

test("no request and no answer, however odd, throws", () => {
  fc.assert(
    fc.property(fc.json(), fc.json(), fc.json(), fc.string(), (tools, tool_choice, response_format, text) => {
      const read = (json: string): unknown => JSON.parse(json);
      const forwarded = {
        tools: [...TOOLS, read(tools)].slice(0, 3 + (text.length % 2)),
        tool_choice: read(tool_choice),
        response_format: { type: "json_schema", json_schema: { schema: read(response_format) } },
      };
      const problem: Problem = { messages: [], forwarded, reference: null };
      for (const gate of FORM_GATES) {
        gate.isAsked(problem);
        if (gate.fault(problem) !== null) continue;
        for (const calls of [[], [read(tools)], [called("weather", text)]]) {
          gate.create(problem).objectionTo(candidate(text, { toolCalls: calls }));
        }
      }
    }),
  );
});
