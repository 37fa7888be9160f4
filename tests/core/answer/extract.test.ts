import { expect, test } from "vitest";
import {
  type AnswerSource,
  AUTOMATIC_ANSWER,
  answerRule,
  finalAnswer,
  isFinalAnswerMarked,
} from "../../../src/core/answer/answer.ts";

test.each([
  ["13 - 9 = 4\nAnswer: (10 - 4) * (13 - 9) = 24", "(10 - 4) * (13 - 9) = 24"],
  ["Answer: 3\nNo, wait.\nFinal answer: 4", "4"],
  ["**Final Answer:** 5", "5"],
  ["### Answer: **5**", "**5**"],
  ["so \\boxed{\\frac{1}{2}} it is", "\\frac{1}{2}"],
  ["\\boxed{1}, no, \\boxed{\\{1, 2\\}}", "\\{1, 2\\}"],
  ["Answer: $\\boxed{7}$ as shown", "7"],
  ["Answer: see below\n\\[\\boxed{8}\\]", "8"],
  ["\\boxed{8}\nAnswer: 9", "9"],
  ["Therefore the answer is 42.", "42."],
  ["The final answer is 5. I hope it is correct.", "5"],
  ["The answer is Dr. Watson", "Dr. Watson"],
  ["3 + 4 = 7\n#### 7", "7"],
  ['{"reasoning": "long", "answer": 12}', "12"],
  ['```json\n{"final_answer": "B"}\n```', "B"],
  ["Paris", "Paris"],
  ["First line\nsecond line, no answer marked", null],
  ["#### Step 2\nlonger", null],
  ["\\boxed{unclosed", "\\boxed{unclosed"],
  ["", null],
])("finds the final answer of %j", (text, answer) => {
  expect(finalAnswer(text)).toBe(answer);
});

function call(name: string, parameters: string) {
  return { id: "1", type: "function", function: { name, arguments: parameters } };
}

const CALLS = [call("search", '{"q": "x"}'), call("submit", '{"answer": {"value": 5, "unit": "m"}}')];

test.each<[AnswerSource, string, string | null]>([
  [{ from: "marked" }, "Paris", null],
  [{ from: "marked" }, "Answer: Paris", "Paris"],
  [{ from: "boxed" }, "Answer: 3 or \\boxed{4}", "4"],
  [{ from: "boxed" }, "Answer: 3", null],
  [{ from: "json" }, 'Here: {"b": 1, "a": [2, {"c": 3}]} as asked', '{"a":[2,{"c":3}],"b":1}'],
  [{ from: "json", field: "a.1.c" }, 'Here: {"b": 1, "a": [2, {"c": 3}]} as asked', "3"],
  [{ from: "json", field: "a.x" }, '{"a": 1}', null],
  [{ from: "json", field: "constructor" }, "{}", null],
  [{ from: "json" }, "no value here", null],
  [{ from: "tool" }, "", 'search({"q":"x"}); submit({"answer":{"unit":"m","value":5}})'],
  [{ from: "tool", tool: "submit", field: "answer.value" }, "", "5"],
  [{ from: "tool", tool: "other" }, "", null],
  [{ from: "text" }, " all of\nit ", "all of\nit"],
])("%j finds in %j the answer %j", (source, text, answer) => {
  const rule = answerRule(source, () => () => null);
  expect(rule.extract(text, CALLS)).toBe(answer);
});

test("a pattern is compiled once, outside, and what it finds is the answer", () => {
  const compiled: string[] = [];
  const rule = answerRule({ from: "pattern", pattern: "<(.*)>" }, (pattern) => {
    compiled.push(pattern);
    return (text) => (text.includes("<") ? ` ${text.slice(1, -1)} ` : null);
  });
  expect([rule.extract("<7>", []), rule.extract("<8>", []), rule.extract("9", [])]).toEqual(["7", "8", null]);
  expect(compiled).toEqual(["<(.*)>"]);
});

test("JSON that names no answer is one as a whole: the same values vote together, whatever their layout", () => {
  const rule = AUTOMATIC_ANSWER;
  const classOf = (value: unknown, indent: number) =>
    rule.classOf(rule.extract(JSON.stringify(value, null, indent), []) ?? "");
  const city = {
    city: "Bonn",
    of: ["a rather long list", "of rather long items", "that takes more than a line"],
    n: 1,
  };
  const { n, ...rest } = city;
  expect(classOf(city, 2)).toBe(classOf({ n, ...rest }, 0));
  expect(classOf(city, 2)).not.toBe(classOf({ ...city, n: 2 }, 2));
  expect(rule.extract(`Here it is:\n${JSON.stringify(city, null, 2)}`, [])).toBeNull();
});

test("without text the automatic answer is the tool calls, whatever their spacing, and garbled ones are none", () => {
  const spaced = [call("f", '{ "b": 1, "a": 2 }')];
  expect(AUTOMATIC_ANSWER.extract("", spaced)).toBe('f({"a":2,"b":1})');
  expect(AUTOMATIC_ANSWER.extract("", [call("f", "{"), null, 3, { function: { name: 1 } }])).toBeNull();
});

test("hostile texts are read in linear time", () => {
  const size = 200_000;
  const texts = [
    "\\boxed{".repeat(size / 7),
    `\\boxed{${"{".repeat(size)}`,
    "{".repeat(size),
    "[".repeat(size),
    `{"a":${"[".repeat(size)}${"]".repeat(size)}}`,
    "the answer is ".repeat(size / 14),
    `the${" ".repeat(size)}answer`,
    "\nAnswer:".repeat(size / 8),
    `Answer:${" ".repeat(size)}`,
    "```".repeat(size / 3),
    `the answer is ${"aaaa. ".repeat(size / 6)}`,
    '{"'.repeat(size / 2),
  ];
  const startedAtMs = performance.now();
  for (const text of texts) {
    for (const from of ["auto", "marked", "boxed", "json"] as const) {
      const rule = answerRule({ from }, () => () => null);
      const answer = rule.extract(text, []);
      if (answer !== null) rule.classOf(answer);
    }
    isFinalAnswerMarked(text);
  }
  expect(performance.now() - startedAtMs).toBeLessThan(10_000);
});
