import { describe, expect, test } from "vitest";
import { createCanceller } from "../../src/core/cancellation.ts";
import type { Candidate, VerifierContext } from "../../src/core/verifier.ts";
import { DEFAULT_LIMITS, openJavaScript, runPython } from "../../src/verifiers/sandbox.ts";
import { unitTests } from "../../src/verifiers/unit-tests/verifier.ts";
import {
  fuelMillionsFor,
  HOSTILE_JAVASCRIPT,
  HOSTILE_PYTHON,
  program,
  TAMPERING,
} from "../verifiers/sandbox/hostile.ts";

// The same programs as in Node (tests/verifiers/sandbox), here in the runtime that serves requests.

const limitsFor = (fault: string) => ({ ...DEFAULT_LIMITS, fuel: fuelMillionsFor(fault) * 1_000_000 });

describe("in workerd", () => {
  test.each(HOSTILE_JAVASCRIPT)("$name ends with its fault: $fault", async ({ code, fault }) => {
    expect(await openJavaScript(limitsFor(fault)).run(program(code))).toMatchObject({ type: "failed", fault });
  });

  test.each(HOSTILE_PYTHON)("in Python $name ends with its fault: $fault", async ({ code, fault }) => {
    expect(await runPython(code, limitsFor(fault))).toMatchObject({ type: "failed", fault });
  });

  test("Python computes as in Node", async () => {
    const run = await runPython("import math, random\nprint(math.gcd(12, 18), 2 ** 0.5, random.randint(1, 6))");
    expect(run).toMatchObject({ output: "6 1.4142135623730951 5\n" });
  });

  test.each(TAMPERING)("tampering with $name makes no wrong program pass", async ({ code, test: body }) => {
    const whole = program(`function f() { return 5 }\n${code}`, { type: "assertions", code: body });
    expect(await openJavaScript().run(whole)).toMatchObject({ type: "failed", fault: "exception" });
  });

  test("chance and time are the same as in Node", async () => {
    expect(await openJavaScript().run(program("[Math.random(), Date.now()]"))).toMatchObject({
      json: "[0.6270739405881613,1767225600000]",
    });
  });

  test("200 candidates after one another, each in an instance of its own", async () => {
    const text = "```js\nconst add = (a, b) => a + b\n```";
    const candidate: Candidate = {
      text,
      steps: [text],
      isComplete: true,
      answer: null,
      answerClass: null,
      toolCalls: [],
      count: 1,
      judgements: 0,
    };
    const verifier = unitTests.create({} as VerifierContext, { tests: [{ call: "add(1, 2)", expect: 3 }] });
    const problem = { messages: [], forwarded: {}, reference: null };
    const { result } = await verifier.verify(problem, Array(200).fill(candidate), createCanceller().signal);
    expect(result.ok && result.value.every((score) => score?.kind === "verdict" && score.value === 1)).toBe(true);
  });
});
