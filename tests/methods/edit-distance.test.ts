import fc from "fast-check";
import { expect, test } from "vitest";
import { editDistance, editShare } from "../../src/methods/edit-distance.ts";

test.each([
  // kitten -> sitten -> sittin -> sitting
  ["kitten", "sitting", 3],
  ["", "abc", 3],
  ["abc", "abc", 0],
  // Begin and end are the same: one insertion between.
  ["ab", "aab", 1],
  ["4 + 9 = 13", "9 + 4 = 13", 2],
])("from %j to %j it is %i", (first, second, distance) => {
  expect(editDistance(first, second)).toBe(distance);
});

test("as a share of the longer text: 3 of 7 characters, and nothing of two empty ones", () => {
  expect(editShare("kitten", "sitting")).toBeCloseTo(3 / 7, 12);
  expect(editShare("", "")).toBe(0);
  expect(editShare("", "abc")).toBe(1);
});

/** The definition, without any saving. */
function byDefinition(first: string, second: string): number {
  if (first === "" || second === "") return first.length + second.length;
  const rest = byDefinition(first.slice(1), second.slice(1));
  if (first[0] === second[0]) return rest;
  return 1 + Math.min(rest, byDefinition(first.slice(1), second), byDefinition(first, second.slice(1)));
}

const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 6 });

test("it is the definition's, symmetric, and never more than a detour", () => {
  fc.assert(
    fc.property(word, word, word, (a, b, c) => {
      expect(editDistance(a, b)).toBe(byDefinition(a, b));
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
    }),
  );
});
