import { describe, expect, test } from "vitest";
import { unitTests } from "../../../src/verifiers/unit-tests/verifier.ts";
import { check, faultAt } from "../checker.ts";
import { fuelMillionsFor, HOSTILE_JAVASCRIPT } from "../sandbox/hostile.ts";

const ADD = [{ call: "add(1, 2)", expect: 3 }];

function scoreOf(text: string, parameters: Readonly<Record<string, unknown>>) {
  return check(unitTests, { parameters }, text);
}

function js(code: string): string {
  return `Here it is:\n\n\`\`\`js\n${code}\n\`\`\`\nIt adds.`;
}

describe("which code is run", () => {
  test("the last fenced block of the language, with or without its tag", async () => {
    const text = `${js("const add = () => 0")}\n\`\`\`\nconst add = (a, b) => a + b\n\`\`\`\n\`\`\`json\n{"add": 1}\n\`\`\``;
    expect(await scoreOf(text, { tests: ADD })).toMatchObject({ kind: "verdict", value: 1 });
  });

  test("the whole text where there is no fence", async () => {
    expect(await scoreOf("const add = (a, b) => a + b", { tests: ADD })).toMatchObject({ value: 1 });
  });

  test("what follows a fence that is never closed", async () => {
    expect(await scoreOf("Sure.\n```js\nfunction add(a, b) { return a + b }", { tests: ADD })).toMatchObject({
      value: 1,
    });
  });

  test("an empty block is no program", async () => {
    expect(await scoreOf("```js\n```", { tests: ADD })).toMatchObject({ value: 0, reason: "there is no program" });
  });
});

describe("what passes", () => {
  test("all tests passed is a verdict, whatever their form", async () => {
    const tests = [
      ...ADD,
      { code: "assert.equal(add('a', 'b'), 'ab')" },
      { code: "await null; if (add(0.5, 0.5) !== 1) throw new Error('halves')" },
      { input: "4 5\n", output: "9\n" },
    ];
    const code =
      "function add(a, b) { return a + b }\nconst line = readline();\nif (line) print(add(...line.split(' ').map(Number)));";
    expect(await scoreOf(js(code), { tests })).toEqual({ kind: "verdict", value: 1, reason: "4 of 4 tests passed" });
  });

  test("one test failed is the verdict 0, with the share and the first fault in the reason", async () => {
    const tests = [...ADD, { call: "add(2, 2)", expect: 5 }, { call: "add(1, 1)", expect: 2 }];
    expect(await scoreOf(js("const add = (a, b) => a + b"), { tests })).toEqual({
      kind: "verdict",
      value: 0,
      reason: "2 of 3 tests passed; test 2: add(2, 2) gave 4, not 5",
    });
  });

  test("with partial: true the share is an estimate, and all is still a verdict", async () => {
    const tests = [...ADD, { call: "add(2, 2)", expect: 5 }];
    const some = await scoreOf(js("const add = (a, b) => a + b"), { tests, partial: true });
    expect(some).toMatchObject({ kind: "estimate", value: 0.5 });
    const all = await scoreOf(js("const add = (a, b) => a + b"), { tests: ADD, partial: true });
    expect(all).toMatchObject({ kind: "verdict", value: 1 });
  });

  test.each([
    ["[1, [2, { a: null }]]", [1, [2, { a: null }]], 1],
    ["({ b: 1, a: 2 })", { a: 2, b: 1 }, 1],
    ["[1, 2]", [2, 1], 0],
    ["({ a: 1, b: undefined })", { a: 1 }, 1],
    ["0.1 + 0.2", 0.3, 0],
    ["NaN", null, 0],
    ["undefined", null, 0],
    ["null", null, 1],
    ["'3'", 3, 0],
    ["-0", 0, 1],
    ["new Set([1])", {}, 0],
    ["new Date(0)", "1970-01-01T00:00:00.000Z", 1],
    ["Uint8Array.of(1, 2)", [1, 2], 1],
    ["JSON.parse('{\"__proto__\": 1}')", JSON.parse('{"__proto__": 1}'), 1],
    ["({})", JSON.parse('{"__proto__": {}}'), 0],
  ])("%s against %j scores %d", async (value, expected, score) => {
    const tests = [{ call: "f()", expect: expected }];
    expect(await scoreOf(js(`function f() { return ${value} }`), { tests })).toMatchObject({ value: score });
  });

  test("white space at the ends of printed lines does not count, inside them it does", async () => {
    const printing = (output: string) => ({ tests: [{ output }] });
    expect(await scoreOf(js("console.log('1 2 '); console.log('')"), printing("1 2"))).toMatchObject({ value: 1 });
    expect(await scoreOf(js("console.log('1  2')"), printing("1 2"))).toMatchObject({ value: 0 });
  });

  test("each test finds the program fresh", async () => {
    const tests = [
      { call: "next()", expect: 1 },
      { call: "next()", expect: 1 },
    ];
    expect(await scoreOf(js("let n = 0; const next = () => ++n"), { tests })).toMatchObject({ value: 1 });
  });
});

describe("hostile candidates", () => {
  test.each(HOSTILE_JAVASCRIPT)("$name scores 0 with the reason", async ({ code, fault }) => {
    const { kind, value, reason } =
      (await scoreOf(js(code), { tests: [{ output: "not this" }], fuel_millions: fuelMillionsFor(fault) })) ?? {};
    expect([kind, value]).toEqual(["verdict", 0]);
    expect(reason).toMatch(/^0 of 1 tests passed; test 1: \S/);
  });

  test("100 tests leave a program as much fuel as one does", async () => {
    const code = js("const add = (a, b) => a + b");
    const tests = Array.from({ length: 100 }, () => ADD).flat();
    expect(await scoreOf(code, { tests, fuel_millions: 3 })).toMatchObject({ value: 1 });
  });

  test("an endless loop in each of 20 tests costs one tank of fuel, not 20", async () => {
    const startMs = performance.now();
    const tests = Array.from({ length: 20 }, () => ADD).flat();
    expect(await scoreOf(js("while (true) {}"), { tests, fuel_millions: 50 })).toMatchObject({ value: 0 });
    const oneMs = performance.now();
    await scoreOf(js("while (true) {}"), { tests: ADD, fuel_millions: 50 });
    expect(oneMs - startMs).toBeLessThan(5 * (performance.now() - oneMs) + 1000);
  });
});

describe("tests that are none", () => {
  test.each([
    [[], "tests"],
    [[{ call: "add(1,", expect: 3 }], "tests[0].call"],
    [[{ call: "1", expect: 1 }, { code: "assert(" }], "tests[1].code"],
    [[{ code: "}) ; (async () => {" }], "tests[0].code"],
    [[{ call: "add(1, 2)" }], "tests[0].expect"],
    [[{ call: "1", expect: 1, code: "1" }], "tests[0]"],
    [[{ output: "1", expect: 1 }], "tests[0].expect"],
    [[{ call: "1", expect: 1, input: "" }], "tests[0].input"],
    [[{ call: "1", expect: 1, timeout: 3 }], "tests[0].timeout"],
    ["add(1, 2) == 3", "tests"],
    [[{ call: `${"(".repeat(9000)}1`, expect: 1 }], "tests[0].call"],
  ])("%j is refused at %s", (tests, at) => {
    expect(faultAt(unitTests, { tests })).toBe(at);
  });
});
