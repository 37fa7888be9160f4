import { describe, expect, test } from "vitest";
import { program } from "../../../src/verifiers/program/verifier.ts";
import { runProgram } from "../../../src/verifiers/run-program.ts";
import { check, opinion } from "../checker.ts";
import { fuelMillionsFor, HOSTILE_JAVASCRIPT, HOSTILE_PYTHON } from "../sandbox/hostile.ts";

const js = (code: string) => `Let me compute it.\n\`\`\`js\n${code}\n\`\`\``;

describe("a program's answer", () => {
  test.each([
    ["console.log('work'); console.log(6 * 7)", "42"],
    ["let s = 0; for (let i = 1; i <= 10; i++) s += i; s", "55"],
    ["const f = async () => 7; f().then((x) => console.log(x))", "7"],
    ["console.log(1); console.log('')", "1"],
    ["console.log(1); 2", "1"],
    ["[1, 2].map((x) => x * 2)", "[2,4]"],
    ["'the answer is 3'", "the answer is 3"],
  ])("%s", async (code, output) => {
    expect(await runProgram(js(code))).toEqual({ language: "javascript", type: "output", output });
  });

  test.each([
    ["const x = 3", "it prints nothing, and its last expression has no value"],
    ["throw new RangeError('no')", "RangeError: no"],
    ["", "there is no program"],
    ["This is prose, and no program.", "SyntaxError: "],
  ])("%j has none", async (code, reason) => {
    const outcome = await runProgram(js(code));
    expect(outcome).toMatchObject({ type: "failure", reason: expect.stringContaining(reason) });
  });
});

describe("against a reference", () => {
  test.each([
    ["console.log(1200)", "1,200", "verdict 1"],
    ["console.log(0.1 + 0.2)", "0.3", "verdict 1"],
    ["console.log('The answer is 12.')", "12", "verdict 1"],
    ["console.log(0.3000001)", "0.3", "verdict 0"],
    ["console.log(13)", "12", "verdict 0"],
    ["console.log('Paris')", "paris", "verdict 1"],
    ["null.x", "12", "verdict 0"],
  ])("%s against %s: %s", async (code, reference, expected) => {
    expect(await opinion(program, { reference }, js(code))).toBe(expected);
  });

  test.each(HOSTILE_JAVASCRIPT)("$name scores 0 with the reason", async ({ code, fault }) => {
    const parameters = { fuel_millions: fuelMillionsFor(fault) };
    const score = await check(program, { reference: "12", parameters }, js(code));
    expect(score).toMatchObject({ kind: "verdict", value: 0 });
    expect(score?.reason).not.toMatch(/reference/);
  });
});

test("without a reference a program that fails is refuted, and about one that runs there is no opinion", async () => {
  expect(await opinion(program, {}, js("null.x"))).toBe("verdict 0");
  expect(await opinion(program, {}, js("console.log(1)"))).toBe("abstains");
});

describe("Python", () => {
  const python = (code: string) => `Let me compute it.\n\`\`\`python\n${code}\n\`\`\``;

  test.each([
    ["print(6 * 7)", "verdict 1"],
    ["print('The answer is', 84 / 2)", "verdict 1"],
    ["print(43)", "estimate 0"],
    ["1 / 0", "estimate 0"],
    ["x = 42", "estimate 0"],
    ["from sympy import symbols", "abstains"],
  ])("by the fence's tag, %s is worth %s against 42", async (code, expected) => {
    expect(await opinion(program, { reference: "42" }, python(code))).toBe(expected);
  });

  test("by the parameter, without a tag", async () => {
    const setting = { reference: "42", parameters: { language: "python" } };
    expect(await opinion(program, setting, "def f(): return 42\nprint(f())")).toBe("verdict 1");
    expect(await opinion(program, { reference: "42" }, "def f(): return 42\nprint(f())")).toBe("verdict 0");
  });

  test.each(HOSTILE_PYTHON)("$name scores 0 with the reason, or nothing", async ({ code, fault }) => {
    const parameters = { fuel_millions: fuelMillionsFor(fault) };
    const score = await check(program, { reference: "42", parameters }, python(code));
    if (fault === "unsupported") return expect(score).toBeNull();
    expect(score).toMatchObject({ kind: "estimate", value: 0 });
    expect(score?.reason).not.toMatch(/reference/);
  });
});
