import { expect, test } from "vitest";
import { AUTOMATIC_ANSWER } from "../../../src/core/answer/answer.ts";
import { exact } from "../../../src/verifiers/exact/verifier.ts";
import { checked, faultOf } from "../checked.ts";

function verdictOn(reference: string, text: string, parameters: unknown = {}): number | null {
  const answer = AUTOMATIC_ANSWER.extract(text, []);
  const answerClass = answer === null ? null : AUTOMATIC_ANSWER.classOf(answer);
  return checked(exact, parameters, { reference }).score(answer, text, { answerClass })?.value ?? null;
}

test("answers of one class are equal by default", () => {
  expect(verdictOn("1/2", "Answer: 0.50")).toBe(1);
  expect(verdictOn("New York", "The answer is new york.")).toBe(1);
  expect(verdictOn("1/2", "Answer: 0.51")).toBe(0);
  expect(verdictOn("1/2", "no answer\nhere")).toBe(0);
});

test("a reference may be a whole solution, or longer than an answer by itself", () => {
  expect(verdictOn("So it is\n\\boxed{7}", "Answer: 7")).toBe(1);
  const long = "word ".repeat(40);
  expect(verdictOn(long, `Answer: ${long}`)).toBe(1);
});

test("characters are compared but for case and runs of spaces, unless these are asked for", () => {
  const characters = { as: "characters" };
  expect(verdictOn("1/2", "Answer: 0.5", characters)).toBe(0);
  expect(verdictOn("A  b", "Answer: a b", characters)).toBe(1);
  expect(verdictOn("A b", "Answer: a b", { ...characters, case_sensitive: true })).toBe(0);
  expect(verdictOn("A b", "Answer: A b", { ...characters, case_sensitive: true })).toBe(1);
  expect(verdictOn("a  b", "Answer: a b", { ...characters, whitespace_sensitive: true })).toBe(0);
});

test("the whole text may be what is compared", () => {
  const text = "line one\nline two";
  expect(verdictOn(text, `${text}\n`, { of: "text", as: "characters" })).toBe(1);
  expect(verdictOn(text, `${text}\n`, { of: "text", as: "characters", whitespace_sensitive: true })).toBe(0);
  expect(verdictOn("12.0", " 12 ", { of: "text" })).toBe(1);
});

test("an option of characters beside classes is told at its place", () => {
  expect(faultOf(exact, { case_sensitive: true })?.[0]).toBe("case_sensitive");
  expect(faultOf(exact, { as: "bytes" })?.[0]).toBe("as");
});

test("without a reference it is refused", () => {
  expect(checked(exact, {}).refusal()).toMatch(/search\.reference/);
});
