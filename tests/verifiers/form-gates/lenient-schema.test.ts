import { type Schema, Validator } from "@cfworker/json-schema";
import fc from "fast-check";
import { expect, test } from "vitest";
import { compileSchema } from "../../../src/verifiers/schema.ts";

/** Keywords that are looked at and some that are not, up to three together, in all kinds of places. */
const { schema } = fc.letrec<{ schema: object | boolean; map: object; list: unknown[] }>((tie) => {
  const subschema = tie("schema");
  const keywords: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
    type: fc.constantFrom("object", "array", "integer", "string"),
    properties: tie("map"),
    patternProperties: fc.record({ "^a": subschema }),
    additionalProperties: subschema,
    unevaluatedProperties: fc.boolean(),
    required: fc.constantFrom([], ["a"], ["b"]),
    items: subschema,
    contains: subschema,
    minContains: fc.nat(2),
    maxContains: fc.nat(2),
    pattern: fc.constantFrom("^a", "^(?=a)", "(?!b)"),
    allOf: tie("list"),
    anyOf: tie("list"),
    oneOf: tie("list"),
    not: subschema,
    if: subschema,
    else: subschema,
    minimum: fc.integer({ min: -2, max: 2 }),
    const: fc.constantFrom(1, "a"),
  };
  const pairs = Object.entries(keywords).map(([name, of]) => of.map((one) => [name, one] as const));
  return {
    schema: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.boolean(),
      fc.array(fc.oneof(...pairs), { minLength: 1, maxLength: 3 }).map((some) => Object.fromEntries(some)),
    ),
    map: fc.record({ a: subschema, b: subschema }, { requiredKeys: [] }) as fc.Arbitrary<object>,
    list: fc.array(subschema, { minLength: 1, maxLength: 2 }),
  };
});

const value = fc.oneof(
  fc.constantFrom<unknown>(1, -1, "a", "b", [], [1], ["a", 1], {}, { a: 1 }, { b: "a" }, { a: "a", b: [1] }, { ab: 1 }),
  fc.jsonValue({ maxDepth: 2 }),
);

test("a lenient check objects to nothing that the schema, read in full, allows", () => {
  let allowed = 0;
  let objections = 0;
  fc.assert(
    fc.property(schema, value, (one, json) => {
      fc.pre(typeof one === "object");
      const check = compileSchema(one, true);
      if (typeof check !== "function") throw new Error(check.message);
      const objection = check(json, 0);
      if (objection !== null) objections++;
      if (!new Validator(one as Schema, "2020-12").validate(json).valid) return;
      allowed++;
      expect(objection).toBeNull();
    }),
    { numRuns: 5_000, seed: 1 },
  );
  // It has something to say, and there was something to get wrong.
  expect([allowed > 1000, objections > 1000]).toEqual([true, true]);
});

test("a schema that is a reference to elsewhere allows everything", () => {
  const check = compileSchema({ $ref: "https://schemas.test/a.json" }, true);
  expect(typeof check === "function" && check({ any: 1 }, 0)).toBeNull();
});
