import { expect, test } from "vitest";
import { revisedFrom, revisionsOf } from "../../src/core/revisions.ts";
import { answerAdd, noteAdd, revisionAdd } from "../world/answers.ts";
import { treeOf } from "../world/log.ts";

const tree = treeOf([
  ...answerAdd(1, "0", "Answer: 1"),
  ...noteAdd(2, "1.0", "a flaw"),
  ...revisionAdd(3, "2.0", "Answer: 2"),
  ...revisionAdd(4, "2.0", "Answer: 3"),
  ...revisionAdd(5, "1.0", "Answer: 4"),
  ...answerAdd(6, "0", "Answer: 5"),
]);

test("the revisions of an answer hang below its critiques or below itself; the root's are the fresh answers", () => {
  expect(revisionsOf(tree.node("1.0")).map(({ id }) => id)).toEqual(["3.0", "4.0", "5.0"]);
  expect(revisionsOf(tree.root).map(({ id }) => id)).toEqual(["1.0", "6.0"]);
  expect(revisionsOf(tree.node("6.0"))).toEqual([]);
});

test("a revision was made from the answer above it, a fresh answer from the root", () => {
  expect(revisedFrom(tree.node("3.0")).id).toBe("1.0");
  expect(revisedFrom(tree.node("5.0")).id).toBe("1.0");
  expect(revisedFrom(tree.node("6.0"))).toBe(tree.root);
});
