import { describe, expect, test } from "vitest";
import { program } from "../../../src/verifiers/program/verifier.ts";
import { runProgram } from "../../../src/verifiers/run-program.ts";
import { check, opinion } from "../checker.ts";
import { HOSTILE_JAVASCRIPT } from "../sandbox/hostile.ts";

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
    expect(await runProgram(js(code))).toEqual({ type: "output", output });
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

  test.each(HOSTILE_JAVASCRIPT)("$name scores 0 with the reason", async ({ code }) => {
    const score = await check(program, { reference: "12" }, js(code));
    expect(score).toMatchObject({ kind: "verdict", value: 0 });
    expect(score?.reason).not.toMatch(/reference/);
  });
});

test("without a reference a program that fails is refuted, and about one that runs there is no opinion", async () => {
  expect(await opinion(program, {}, js("null.x"))).toBe("verdict 0");
  expect(await opinion(program, {}, js("console.log(1)"))).toBe("abstains");
});
