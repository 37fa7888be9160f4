import { expect, test } from "vitest";
import { answerClass } from "../../src/core/answer/answer.ts";
import type { Candidate, VerifierContext, VerifierDefinition } from "../../src/core/verifier.ts";
import { jsonSchema } from "../../src/verifiers/json-schema/verifier.ts";
import { equivalent } from "../../src/verifiers/math-answer/equivalence.ts";
import { multipleChoice } from "../../src/verifiers/multiple-choice/verifier.ts";
import { regex } from "../../src/verifiers/regex/verifier.ts";
import { DIFFERENT, EQUAL } from "../verifiers/math-answer/pairs.ts";

// The checkers of tests/verifiers that stand on libraries, here in the runtime that serves requests.

function scoreOf(definition: VerifierDefinition, parameters: unknown, text: string, reference: string | null = null) {
  const candidate: Candidate = {
    text,
    steps: [text],
    isComplete: true,
    answer: text,
    answerClass: null,
    toolCalls: [],
    count: 1,
    judgements: 0,
  };
  const verifier = definition.create({} as VerifierContext, parameters);
  return verifier.verifyNow?.({ messages: [], forwarded: {}, reference }, [candidate])[0]?.value;
}

test("math-answer agrees with the whole table", () => {
  expect(EQUAL.filter(([left, right]) => !equivalent(left, right).isEqual)).toEqual([]);
  expect(DIFFERENT.filter(([left, right]) => equivalent(left, right).isEqual)).toEqual([]);
});

test("regex, json-schema and multiple-choice need nothing that workerd forbids", () => {
  expect(scoreOf(regex, { pattern: "^(a+)+$" }, `${"a".repeat(9000)}!`)).toBe(0);
  expect(scoreOf(regex, { pattern: "^\\p{L}+$" }, "αβγ")).toBe(1);
  const schema = { type: "object", properties: { a: { type: "string", pattern: "^(x+)+$" } }, required: ["a"] };
  expect(scoreOf(jsonSchema, { schema }, `{"a": "${"x".repeat(5000)}!"}`)).toBe(0);
  expect(scoreOf(jsonSchema, { schema }, '{"a": "xx"}')).toBe(1);
  expect(scoreOf(multipleChoice, { options: ["yes", "no"] }, "No.", "B")).toBe(1);
});

test("look-behind and Unicode in the patterns of answers work as in Node", () => {
  expect(answerClass("The answer is √3/2. As shown")).toBe("sqrt(3)/2");
  expect(answerClass("**Final Answer:** $1{,}200\\text{ cm}$")).toBe("1200");
});
