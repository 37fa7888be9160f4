import fc from "fast-check";
import { expect, test } from "vitest";
import { repeatedMember } from "../../src/api/json-members.ts";

test.each([
  ['{"a":1,"a":2}', "a"],
  ['{"a":1,"b":{"a":2,"c":3,"c":4}}', "c"],
  ['[{"a":1},{"x":[1,{"q":"a","q":2}]}]', "q"],
  ['{"a" : 1 , "\\u0061" : 2}', "a"],
  ['{"__proto__":1,"__proto__":2}', "__proto__"],
  ['{"":1,"":2}', ""],
  ['{"a\\\\":1,"a\\\\":2}', "a\\"],
])("%s says %j twice", (json, name) => {
  expect(repeatedMember(json)).toBe(name);
});

test.each([
  '{"a":{"a":{"a":1}},"b":{"a":1}}',
  '[{"a":1},{"a":2}]',
  '{"a":"b","b":"a"}',
  '{"a":"\\"a\\":1, \\"a\\":2"}',
  '{"a":["a","a",{"b":"a:a"}],"c":":"}',
  '"a"',
  "{}",
])("%s says nothing twice", (json) => {
  expect(repeatedMember(json)).toBe(null);
});

test("what JSON.stringify writes says nothing twice, and with a name added again it does", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), fc.nat(), (value, pick) => {
      const json = JSON.stringify(value);
      expect(repeatedMember(json)).toBe(null);
      const names = Object.keys(value);
      const name = names[pick % names.length] ?? "";
      expect(repeatedMember(`${json.slice(0, -1)},${JSON.stringify(name)}:null}`)).toBe(name);
    }),
  );
});

test("100,000 open brackets and a string without an end cost no recursion", () => {
  expect(repeatedMember(`${'{"a":'.repeat(100_000)}"`)).toBe(null);
});
