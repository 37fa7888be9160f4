import { expect, test } from "vitest";
import { parseChoice, parseLabel, parseLines, parseNumber } from "../../src/core/reply.ts";

const LABELS = { sure: 20, likely: 1, impossible: 0.001 };

test.each([
  ["sure", 20],
  ["It looks impossible at first.\nBut 4 * 6 works.\nSure.", 20],
  ["This is likely", 1],
  ["**impossible**", 0.001],
  ["unsure", null],
  ["surely", null],
  ["", null],
  ["I cannot say", null],
])("the last label of %j is worth %j", (text, value) => {
  expect(parseLabel(text, LABELS)).toBe(value);
});

test('"no" inside "know" is no label, and of two labels at one place the longer counts', () => {
  expect(parseLabel("I know this", { yes: 1, no: 0 })).toBeNull();
  expect(parseLabel("not likely", { likely: 1, "not likely": 0 })).toBe(0);
  expect(parseLabel("I do not know. Yes", { yes: 1, no: 0 })).toBe(1);
});

test.each([
  ["Score: 85", 85],
  ["The score is -40.", -40],
  ["Step 1 is right, step 2 is wrong.\nScore: 12.5", 12.5],
  ["Score: 8/10", 8],
  ["I give it 7 out of 10", 7],
  ["Score: 250", null],
  ["[Score] −95", -95],
  ["first 3, then 60", 60],
  ["nothing to say", null],
  ["", null],
])("the number of %j is %j", (text, value) => {
  expect(parseNumber(text, -100, 100)).toBe(value);
});

test.each([
  ["The best choice is 3", 2],
  ["The best choice is 12", 11],
  ["The best choice is **2**.", 1],
  ["Choice 1 is weak. The best choice is 2", 1],
  ["3", 2],
  ["The best choice is 13", null],
  ["The best choice is 0", null],
  ["none of them", null],
])("the choice of %j among 12 is %j", (text, index) => {
  expect(parseChoice(text, 12)).toBe(index);
});

test("lines lose their bullets and numbering, but not the numbers they begin with", () => {
  const text = "Possible next steps:\n1. 13 - 9 = 4\n2) 10 - 4 = 6\n- 4 * 6 = 24\n\n13 + 9 = 22\n(3) 4 + 9 = 13\n";
  expect(parseLines(text, undefined).map((line) => line.text)).toEqual([
    "13 - 9 = 4",
    "10 - 4 = 6",
    "4 * 6 = 24",
    "13 + 9 = 22",
    "4 + 9 = 13",
  ]);
});

test("a mark of confidence at the end of a line is its weight, and other brackets stay", () => {
  const labels = { certain: 1, high: 0.5 };
  expect(parseLines("h2. motor (High)\nv1. tasks (certain)\n13 - 9 = 4 (left: 4 4 10)", labels)).toEqual([
    { text: "h2. motor", weight: 0.5 },
    { text: "v1. tasks", weight: 1 },
    { text: "13 - 9 = 4 (left: 4 4 10)", weight: null },
  ]);
});
