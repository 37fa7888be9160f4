import { expect, test } from "vitest";
import { parseHand } from "../../../src/verifiers/game-of-24/hand.ts";
import { formatRational } from "../../../src/verifiers/rational.ts";

const read = (text: string) => parseHand(text)?.map(formatRational).join(" ") ?? null;

test.each([
  ["Use 4 9 10 13 to make 24", "4 9 10 13"],
  ["Use the numbers 4, 9, 10 and 13 to make 24.", "4 9 10 13"],
  ["Use the numbers 4, 9, 10, and 13 to make 24.", "4 9 10 13"],
  ["use the four numbers 13 10 9 4 to get 24!", "13 10 9 4"],
  ["Game of 24: 4 9 10 13", "4 9 10 13"],
  ["Make 24 from 4 9 10 13", "4 9 10 13"],
  ["Make 24 with 4, 9, 10 and 13. Use each number once.", "4 9 10 13"],
  ["Use 4 4 10 to make 24", "4 4 10"],
  ["Use 3 8 to make 24", "3 8"],
  ["Use 8/3 3 8 to make 24", "8/3 3 8"],
  ["Let us play.\nUse 4 9 10 13 to make 24.\nShow your steps.", "4 9 10 13"],
])("reads the hand of %j", (text, hand) => {
  expect(read(text)).toBe(hand);
});

test.each([
  ["Use 24 1 1 1 to make 24", "24 1 1 1"],
  ["Use 1 1 1 24 to make 24", "1 1 1 24"],
  ["Make 24 from 24 24 1 2", "24 24 1 2"],
  ["Game of 24: 24 1 2 3", "24 1 2 3"],
])("the target is not one of the numbers, but a hand may contain it: %j", (text, hand) => {
  expect(read(text)).toBe(hand);
});

test.each([
  "",
  "hello",
  "What is 4 + 9?",
  "Use 4 9 10 13 to make 25",
  "Use 4 9 10 13 to make 240",
  "Use 4 9 10 13 to make 24.5",
  "Use 4 to make 24",
  "Use 1 2 3 4 5 to make 24",
  "Game of 24: 1 2 3 4 5",
  "Make 24 from 1 2 3 4, 5",
  "Make 24 from 1 2 3 4.5",
  "Game of 24: 1/0 2 3",
  "Judge: 4 4 10",
  "In the game of 24 people meet",
  "Use 1 2 3 4 to make 24 and then use 5 6 7 8 to make 24",
])("%j is not a problem", (text) => {
  expect(read(text)).toBeNull();
});

test("the same hand named twice is one problem", () => {
  expect(read("Game of 24: 4 9 10 13. Use 4 9 10 13 to make 24.")).toBe("4 9 10 13");
});
