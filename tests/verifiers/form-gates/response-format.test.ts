import { describe, expect, test } from "vitest";
import type { Problem } from "../../../src/core/problem.ts";
import { responseFormat } from "../../../src/verifiers/form-gates/response-format/gate.ts";
import { candidate } from "../scripted.ts";

const POINT = {
  type: "object",
  properties: { x: { type: "integer" }, name: { type: "string" } },
  required: ["x"],
  additionalProperties: false,
};

function problemWith(response_format: unknown): Problem {
  return { messages: [], forwarded: { response_format }, reference: null };
}

function asking(schema: unknown): Problem {
  return problemWith({ type: "json_schema", json_schema: { name: "point", schema, strict: true } });
}

function objection(problem: Problem, text: string, toolCalls: readonly unknown[] = []): string | null {
  return responseFormat.create(problem).objectionTo(candidate(text, { toolCalls }));
}

test.each([
  ['{"x": 1}', null],
  [' {"x": 1, "name": "a"}\n', null],
  ['{"x": 1.5}', 'at #/x: Instance type "number" is invalid. Expected "integer".'],
  ['{"x": 1, "y": 2}', "at #/y: False boolean schema."],
  ["The answer is 1.", "it is not JSON"],
  ['```json\n{"x": 1}\n```', "it is not JSON"],
  ['{"x": 1', "it is not JSON"],
  ["", "it is not JSON"],
])("of json_schema %j: %s", (text, expected) => {
  expect(objection(asking(POINT), text)).toBe(expected);
});

test.each([
  ["{}", null],
  ["[1]", "it is not a JSON object"],
  ["null", "it is not a JSON object"],
  ["24", "it is not a JSON object"],
  ["{", "it is not JSON"],
])("of json_object %j: %s", (text, expected) => {
  expect(objection(problemWith({ type: "json_object" }), text)).toBe(expected);
});

test("an answer that calls a tool instead is not its matter", () => {
  expect(objection(asking(POINT), "", [{ type: "function" }])).toBeNull();
});

test.each([undefined, null, "json_object", { type: "text" }, { type: "grammar" }])("%j asks for no form", (format) => {
  expect(responseFormat.isAsked(problemWith(format))).toBe(false);
});

test("a schema that is none is a fault at its place, in OpenAI's path", () => {
  const fault = responseFormat.fault(asking({ type: "object", properties: { x: { type: "whole" } } }));
  expect(fault?.param).toBe("response_format.json_schema.schema");
  expect(fault?.message).toMatch(
    /^Invalid schema for response_format 'point': at #\/properties\/x\/type: 'type' must be/,
  );
  for (const schema of ["a string", 7, [], { properties: [] }, { $ref: "#/$defs/none" }, { required: "x" }]) {
    expect(responseFormat.fault(asking(schema))?.param).toBe("response_format.json_schema.schema");
  }
});

test("without a schema any JSON will do", () => {
  for (const schema of [undefined, null]) {
    expect(responseFormat.fault(asking(schema))).toBeNull();
    expect([objection(asking(schema), "[1]"), objection(asking(schema), "one")]).toEqual([null, "it is not JSON"]);
  }
});

describe("what is not looked at is let pass, and the rest of the schema holds", () => {
  const kept = { properties: { x: { type: "integer" } }, required: ["x"] };

  test.each<[string, Record<string, unknown>, unknown]>([
    [
      "patternProperties",
      { patternProperties: { "^a": { type: "string" } }, additionalProperties: false },
      { x: 1, a: "b" },
    ],
    [
      "a pattern with a look-ahead",
      { properties: { x: {}, a: { type: "string", pattern: "^(?=b)b" } } },
      { x: 1, a: "b" },
    ],
    [
      "a reference to another document",
      { properties: { x: {}, a: { $ref: "https://x.test/s.json" } } },
      { x: 1, a: 2 },
    ],
    ["a reference by anchor", { properties: { x: {}, a: { $ref: "#named" } } }, { x: 1, a: 2 }],
    ["not, with something of these inside", { not: { required: ["x"], patternProperties: { a: {} } } }, { x: 1 }],
    [
      "oneOf, with something of these inside",
      { oneOf: [{ type: "object" }, { patternProperties: { a: {} }, type: "object" }] },
      { x: 1 },
    ],
    ["if, with something of these inside", { if: { $dynamicRef: "#a" }, else: false }, { x: 1 }],
    [
      "contains, with something of these inside",
      { properties: { x: {}, l: { contains: { patternProperties: {} }, minContains: 3 } } },
      { x: 1, l: [] },
    ],
    [
      "unevaluatedProperties",
      { allOf: [{ patternProperties: { "^a": {} } }], unevaluatedProperties: false },
      { x: 1, a: 1 },
    ],
    ["an unknown format", { properties: { x: {}, a: { format: "uri" } } }, { x: 1, a: "no uri" }],
    [
      "a reference into what was left out",
      { patternProperties: { a: { type: "string" } }, properties: { b: { $ref: "#/patternProperties/a" } } },
      { x: 1 },
    ],
  ])("%s", (_name, schema, valid) => {
    const problem = asking({ ...kept, ...schema });
    expect(responseFormat.fault(problem)).toBeNull();
    expect(objection(problem, JSON.stringify(valid))).toBeNull();
    // Only where nothing is known of the whole schema is what it requires not known either.
    if (!_name.includes("into what")) expect(objection(problem, "{}")).toContain('required property "x"');
  });

  test("a schema or a value too large to be looked at", () => {
    const many = Object.fromEntries(
      Array.from({ length: 3000 }, (_unused, index) => [`p${index}`, { type: "string" }]),
    );
    const wide = asking({ type: "object", properties: many, additionalProperties: false });
    expect(responseFormat.fault(wide)).toBeNull();
    expect(objection(wide, '{"p0": 1}')).toMatch(/^at #\/p0: /);
    expect(objection(wide, '{"q": 1}')).toMatch(/^at #\/q: /);
    expect(objection(wide, '{"p2999": 1}')).toBeNull();
    let deep: object = { type: "string" };
    for (let level = 0; level < 5000; level++) deep = { properties: { a: deep } };
    expect(responseFormat.fault(asking(deep))).toBeNull();
    const nested = `${"[".repeat(5000)}${"]".repeat(5000)}`;
    expect(objection(asking({ items: { $ref: "#" } }), nested)).toBeNull();
    // Exponentially many subschemas: given up after some, and the answer not blamed for it.
    const $defs: Record<string, object> = { d0: { type: "integer" } };
    for (let level = 1; level < 40; level++) $defs[`d${level}`] = { allOf: [ref(level - 1), ref(level - 1)] };
    expect(objection(asking({ ...ref(39), $defs }), "1")).toBeNull();
  });

  const ref = (level: number) => ({ $ref: `#/$defs/d${level}` });
});
