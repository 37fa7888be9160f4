import fc from "fast-check";
import { expect, test } from "vitest";
import { ALLOW_LIST_NAMES, firstDisallowed, firstWidened } from "../../src/ledger/allow-lists.ts";
import { anyAllowLists } from "./any-allow-lists.ts";

test("there are four lists", () => {
  expect(ALLOW_LIST_NAMES).toEqual(["models", "methods", "verifiers", "origins"]);
});

test("an absent list allows everything, an empty one nothing", () => {
  expect(firstDisallowed({}, { models: ["any"] })).toBeNull();
  expect(firstDisallowed({ models: [] }, { models: ["any"] })).toEqual({ list: "models", value: "any" });
  expect(firstDisallowed({ models: [] }, {})).toBeNull();
});

test("lists that only narrow allow nothing that the wider ones do not (T9)", () => {
  fc.assert(
    fc.property(anyAllowLists, anyAllowLists, (inner, outer) => {
      const widened = firstWidened(inner, outer);
      const probes = ALLOW_LIST_NAMES.flatMap((name) =>
        ["a", "b", "c", "d", "e"].map((value) => ({ [name]: [value] })),
      );
      const isWider = probes.some(
        (asked) => firstDisallowed(inner, asked) === null && firstDisallowed(outer, asked) !== null,
      );
      expect(widened !== null).toBe(isWider);
      if (widened !== null) expect(firstWidened({ ...inner, [widened]: [] }, outer)).not.toBe(widened);
    }),
    { numRuns: 500 },
  );
});
