import { expect, test } from "vitest";
import { compilePattern, MAX_PATTERN_LENGTH, MAX_TEXT_LENGTH } from "../../../src/verifiers/pattern.ts";
import { regex } from "../../../src/verifiers/regex/verifier.ts";
import { checked, faultOf } from "../checked.ts";

test.each([
  [{ pattern: "^\\d+$" }, "42", 1],
  [{ pattern: "^\\d+$" }, "42 apples", 0],
  [{ pattern: "\\d+" }, "42 apples", 1],
  [{ pattern: "paris" }, "Paris", 0],
  [{ pattern: "paris", flags: "i" }, "Paris", 1],
  [{ pattern: "^b$" }, "a\nb", 0],
  [{ pattern: "^b$", flags: "m" }, "a\nb", 1],
  [{ pattern: "a.b" }, "a\nb", 0],
  [{ pattern: "a.b", flags: "s" }, "a\nb", 1],
  [{ pattern: "sorry", must_match: false }, "I know", 1],
  [{ pattern: "sorry", must_match: false }, "so sorry", 0],
  [{ pattern: "\\p{Greek}" }, "α", 1],
])("%j against %j is %d", (parameters, answer, value) => {
  expect(checked(regex, parameters).score(answer)).toMatchObject({ value, kind: "verdict" });
});

test("the final answer is searched, or the whole text", () => {
  expect(checked(regex, { pattern: "^4$" }).score("4", "Answer: 4")).toMatchObject({ value: 1 });
  expect(checked(regex, { pattern: "^4$", of: "text" }).score("4", "Answer: 4")).toMatchObject({ value: 0 });
  expect(checked(regex, { pattern: "x" }).score(null, "x")).toMatchObject({ value: 0, reason: "no final answer" });
});

test.each([
  [{}, "pattern"],
  [{ pattern: "" }, "pattern"],
  [{ pattern: "(" }, "pattern"],
  [{ pattern: "(a)\\1" }, "pattern"],
  [{ pattern: "a(?!b)" }, "pattern"],
  [{ pattern: "(?:a{50}){50}" }, "pattern"],
  [{ pattern: "a".repeat(MAX_PATTERN_LENGTH + 1) }, "pattern"],
  [{ pattern: "a", flags: "g" }, "flags"],
  [{ pattern: "a", flags: "ii" }, "flags"],
  [{ pattern: "a", of: "steps" }, "of"],
])("%j is at fault in %s", (parameters, path) => {
  expect(faultOf(regex, parameters)?.[0]).toBe(path);
});

/** Each of these takes a backtracking engine longer than the universe has existed. */
const HOSTILE = [
  "(a+)+$",
  "(a|a)*b",
  "(a|aa)+$",
  "(.*)*x",
  "^(([a-z])+.)+[A-Z]([a-z])+$",
  "(x+x+)+y",
  "(?:a?){300}a{300}[bc]",
];

test.each(HOSTILE)("%s over the longest text takes bounded time", (pattern) => {
  const check = checked(regex, { pattern, of: "text" });
  const startedAtMs = performance.now();
  for (const text of ["a".repeat(MAX_TEXT_LENGTH - 1), `${"a".repeat(9000)}!`, "ab".repeat(4000)]) {
    expect(check.score("", text)?.kind).toBe("verdict");
  }
  expect(performance.now() - startedAtMs).toBeLessThan(5000);
});

test("twice the text takes about twice the time, where backtracking would square it a thousandfold", () => {
  const compiled = compilePattern("(a+)+[bc]");
  if ("fault" in compiled) throw new Error(compiled.fault);
  const timeOf = (length: number): number => {
    const text = "a".repeat(length);
    const startedAtMs = performance.now();
    for (let run = 0; run < 10; run++) compiled.find(text);
    return performance.now() - startedAtMs;
  };
  timeOf(1000);
  expect(timeOf(16_000)).toBeLessThan(8 * 20 * timeOf(2000) + 1000);
});

test("a text longer than can be searched is a verdict with the reason, whatever is asked of it", () => {
  for (const must_match of [true, false]) {
    const check = checked(regex, { pattern: "a", of: "text", must_match });
    expect(check.score("", "a".repeat(MAX_TEXT_LENGTH + 1))).toMatchObject({ value: 0 });
  }
});

test("the last match is found, and a pattern that rescans to the end each time is cut off", () => {
  const compiled = compilePattern("= (\\d+)|=");
  if ("fault" in compiled) throw new Error(compiled.fault);
  expect(compiled.findLast("1 = 1, 2 = 2")).toEqual({ text: "= 2", group: "2" });
  expect(compiled.findLast("1 = 1, 2 =")).toEqual({ text: "=", group: null });
  expect(compiled.findLast("")).toBeNull();
  const rescanning = compilePattern("a.*b|a");
  if ("fault" in rescanning) throw new Error(rescanning.fault);
  const startedAtMs = performance.now();
  expect(rescanning.findLast("a".repeat(1_000_000))?.text).toBe("a");
  expect(performance.now() - startedAtMs).toBeLessThan(5000);
});
