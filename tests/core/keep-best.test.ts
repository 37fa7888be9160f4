import { expect, test } from "vitest";
import { keepBest } from "../../src/core/keep-best.ts";

const items = ["a3", "b5", "c3", "d1", "e3"];
const scoreOf = (item: string): number => Number(item[1]);

test("the best come first, and of equals those given first", () => {
  expect(keepBest(items, scoreOf, 3)).toEqual(["b5", "a3", "c3"]);
  expect(keepBest(items, scoreOf, 9)).toEqual(["b5", "a3", "c3", "e3", "d1"]);
  expect(keepBest([], scoreOf, 2)).toEqual([]);
});

test("with ties, what is level with the last kept is kept too: e3 beside a3 and c3, but not d1", () => {
  expect(keepBest(items, scoreOf, 2, true)).toEqual(["b5", "a3", "c3", "e3"]);
  expect(keepBest(items, scoreOf, 1, true)).toEqual(["b5"]);
});
