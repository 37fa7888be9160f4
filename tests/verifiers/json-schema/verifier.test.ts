import { describe, expect, test } from "vitest";
import { jsonSchema } from "../../../src/verifiers/json-schema/verifier.ts";
import { checked, faultOf } from "../checked.ts";

const POINT = {
  type: "object",
  properties: { x: { type: "integer" }, name: { type: "string", pattern: "^[a-z]+$" } },
  required: ["x"],
  additionalProperties: false,
};

test.each([
  ['{"x": 1}', 1, "of the schema's shape"],
  ['{"x": 1, "name": "abc"}', 1, "of the schema's shape"],
  ['{"x": 1.5}', 0, 'at #/x: Instance type "number" is invalid. Expected "integer".'],
  ['{"name": "abc"}', 0, 'at #: Instance does not have required property "x".'],
  ['{"x": 1, "name": "ABC"}', 0, 'at #/name: String does not match pattern "^[a-z]+$".'],
  ['{"x": 1, "y": 2}', 0, "at #/y: False boolean schema."],
  ["[1]", 0, 'at #: Instance type "array" is invalid. Expected "object".'],
  ['{"x": 1', 0, "it is not JSON"],
  ['Here: {"x": 1}', 0, "it is not JSON"],
  ["", 0, "it is not JSON"],
])("%j has %d: %s", (text, value, reason) => {
  expect(checked(jsonSchema, { schema: POINT }).score(null, text)).toEqual({
    value,
    kind: "verdict",
    reason,
    verifier: "json-schema",
  });
});

test("a value in prose counts where the request says so", () => {
  const check = checked(jsonSchema, { schema: POINT, embedded: true });
  expect(check.score(null, 'Here: {"x": 1} as asked')).toMatchObject({ value: 1 });
  expect(check.score(null, '```json\n{"x": "1"}\n```')).toMatchObject({ value: 0 });
  expect(check.score(null, "nothing")).toMatchObject({ value: 0, reason: "there is no JSON in it" });
});

test("the schema is the request's response_format where it brings none of its own", () => {
  const forwarded = { response_format: { type: "json_schema", json_schema: { name: "point", schema: POINT } } };
  const check = checked(jsonSchema, {}, { forwarded });
  expect(check.refusal()).toBeNull();
  expect([check.score(null, '{"x": 1}')?.value, check.score(null, "{}")?.value]).toEqual([1, 0]);
  expect(checked(jsonSchema, {}).refusal()).toMatch(/needs a schema/);
  const broken = {
    response_format: { type: "json_schema", json_schema: { schema: { properties: { a: { type: "x" } } } } },
  };
  expect(checked(jsonSchema, {}, { forwarded: broken }).refusal()).toMatch(/#\/properties\/a\/type/);
});

test("a partial candidate has no verdict", () => {
  expect(checked(jsonSchema, { schema: POINT }).score(null, '{"x": 1}', { isComplete: false })).toBeNull();
});

test("a recursive schema follows the value down", () => {
  const list = { type: "object", properties: { next: { $ref: "#" } }, additionalProperties: false };
  const check = checked(jsonSchema, { schema: list });
  expect(check.score(null, '{"next": {"next": {}}}')).toMatchObject({ value: 1 });
  expect(check.score(null, '{"next": {"nxt": {}}}')).toMatchObject({ value: 0 });
});

test("what is named like a keyword is a property, and enumerations are no schemas", () => {
  const check = checked(jsonSchema, {
    schema: { properties: { pattern: { type: "number" }, $ref: { enum: [{ type: "x" }] } } },
  });
  expect(check.score(null, '{"pattern": 5, "$ref": {"type": "x"}}')).toMatchObject({ value: 1 });
  expect(check.score(null, '{"pattern": "("}')).toMatchObject({ value: 0 });
});

test("a pattern and an allOf beside it both hold", () => {
  const check = checked(jsonSchema, { schema: { type: "string", pattern: "^a", allOf: [{ pattern: "z$" }] } });
  expect(["az", "a", "z"].map((text) => check.score(null, JSON.stringify(text))?.value)).toEqual([1, 0, 0]);
});

describe("a schema at fault is told with its place", () => {
  test.each([
    [{ type: "text" }, "schema.type"],
    [{ properties: { a: { type: "strin" } } }, "schema.properties.a.type"],
    [{ anyOf: [{ type: "string" }, { minimum: "1" }] }, "schema.anyOf.1.minimum"],
    [{ anyOf: [] }, "schema.anyOf"],
    [{ items: 5 }, "schema.items"],
    [{ required: "a" }, "schema.required"],
    [{ properties: { a: { pattern: "(" } } }, "schema.properties.a.pattern"],
    [{ properties: { a: { pattern: "(?=a)" } } }, "schema.properties.a.pattern"],
    [{ $ref: "#/$defs/none" }, "schema.$ref"],
    [{ $ref: "https://example.com/schema.json" }, "schema.$ref"],
    [{ $ref: "#" }, "schema"],
    [{ allOf: [{ $ref: "#/$defs/a" }], $defs: { a: { not: { $ref: "#" } } } }, "schema"],
    [{ patternProperties: { "^a": true } }, "schema.patternProperties"],
    [{ enum: Array.from({ length: 5000 }, (_one, index) => index) }, "schema.enum"],
    [{ description: "x".repeat(60_000) }, "schema"],
    ["string", "schema"],
  ])("%j at %s", (schema, path) => {
    expect(faultOf(jsonSchema, { schema })?.[0]).toBe(path);
  });
});

function timed(schema: unknown, text: string) {
  const check = checked(jsonSchema, { schema });
  const startedAtMs = performance.now();
  const score = check.score(null, text);
  expect(performance.now() - startedAtMs).toBeLessThan(5000);
  return score;
}

describe("hostile schemas and values take bounded time and end in a verdict", () => {
  test("a pattern that makes a backtracking engine hang", () => {
    expect(timed({ type: "string", pattern: "^(a+)+$" }, JSON.stringify(`${"a".repeat(5000)}!`))).toMatchObject({
      value: 0,
    });
  });

  test("references that double thirty times", () => {
    const both = (index: number) => ({ allOf: [{ $ref: `#/$defs/d${index}` }, { $ref: `#/$defs/d${index}` }] });
    const defs = Object.fromEntries(Array.from({ length: 30 }, (_one, index) => [`d${index}`, both(index + 1)]));
    const score = timed({ $defs: { ...defs, d30: { type: "string" } }, $ref: "#/$defs/d0" }, '"x"');
    expect(score).toMatchObject({ value: 0, reason: "too large to be checked against this schema" });
  });

  test("two readings of every level of a deep value", () => {
    const twice = { allOf: [{ properties: { a: { $ref: "#" } } }, { properties: { a: { $ref: "#" } } }] };
    expect(timed(twice, `${'{"a":'.repeat(60)}1${"}".repeat(60)}`)).toMatchObject({ value: 0 });
  });

  test("values nested without an end, and longer than is parsed", () => {
    expect(timed({}, `${"[".repeat(30_000)}${"]".repeat(30_000)}`)).toMatchObject({
      value: 0,
      reason: "nested deeper than 64",
    });
    expect(timed({}, `"${"x".repeat(100_000)}"`)).toMatchObject({ value: 0 });
  });

  test("items that must all differ", () => {
    const items = (count: number) => JSON.stringify(Array.from({ length: count }, (_one, index) => index));
    expect(timed({ uniqueItems: true }, items(3000))).toMatchObject({ value: 1 });
    expect(timed({ uniqueItems: true }, items(9000))).toMatchObject({ value: 0 });
  });
});

test("no pattern stays behind in the validator's own list", async () => {
  const { format } = await import("@cfworker/json-schema");
  const before = Object.keys(format);
  checked(jsonSchema, { schema: { pattern: "^only here$" } }).score(null, '"x"');
  expect(Object.keys(format)).toEqual(before);
});
