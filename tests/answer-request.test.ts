import { expect, test } from "vitest";
import { embeddedProvider } from "../scripts/local/providers.ts";
import { createRecipe } from "../src/recipe.ts";
import { answersOfRecipe } from "../src/setup.ts";
import { gameOf24Problem } from "./world/search.ts";

const providers = [embeddedProvider("http://127.0.0.1:1", [])];

function recipeWith(answer: unknown) {
  return recipeOf({ answer });
}

function recipeOf(search: unknown) {
  const sampling = { maxTokens: 100, temperature: undefined, topP: undefined, stop: [] };
  const problem = gameOf24Problem("4 9 10 13");
  return createRecipe({ problem, model: "espalier/24", search, sampling, seed: 1 }, providers);
}

test.each([
  [undefined, { from: "auto" }],
  ["boxed", { from: "boxed" }],
  [
    { from: "json", field: "a.b.0" },
    { from: "json", field: "a.b.0" },
  ],
  [
    { from: "tool", tool: "submit" },
    { from: "tool", tool: "submit" },
  ],
  [
    { from: "pattern", pattern: "= (\\d+)" },
    { from: "pattern", pattern: "= (\\d+)" },
  ],
])("search.answer %j is %j in the recipe", (answer, expected) => {
  expect(recipeWith(answer)).toMatchObject({ ok: true, value: { answer: expected } });
});

test.each([
  [{ from: "nowhere" }, "search.answer.from", "invalid_value"],
  ["nowhere", "search.answer.from", "invalid_value"],
  [{}, "search.answer.from", "invalid_value"],
  [5, "search.answer", "invalid_type"],
  [{ from: "boxed", field: "a" }, "search.answer.field", "unknown_parameter"],
  [{ from: "pattern" }, "search.answer.pattern", "invalid_type"],
  [{ from: "pattern", pattern: "(" }, "search.answer.pattern", "invalid_value"],
  [{ from: "pattern", pattern: "(a)\\1" }, "search.answer.pattern", "invalid_value"],
  [{ from: "pattern", pattern: "(?=a)" }, "search.answer.pattern", "invalid_value"],
  [{ from: "pattern", pattern: "(?:a{30}){40}" }, "search.answer.pattern", "invalid_value"],
  [{ from: "pattern", pattern: "a".repeat(501) }, "search.answer.pattern", "string_above_max_length"],
])("search.answer %j is refused at %s", (answer, param, code) => {
  expect(recipeWith(answer)).toMatchObject({ ok: false, error: { param, code } });
});

test("readers of a log find answers as its recipe says, and automatically where it says nothing", () => {
  const asked = answersOfRecipe({ answer: { from: "pattern", pattern: "= (\\d+)" } });
  expect(asked.extract("1 + 1 = 2, 2 + 2 = 4\nAnswer: 9", [])).toBe("4");
  expect(answersOfRecipe({}).extract("2 + 2 = 4\nAnswer: 9", [])).toBe("9");
});

test.each([
  [{ type: "regex", pattern: "(" }, "search.verifier.pattern"],
  [[{ type: "agreement" }, { type: "regex", pattern: "(?<=a)b" }], "search.verifier[1].pattern"],
  [{ type: "regex", pattern: "a", flags: "x" }, "search.verifier.flags"],
  [{ type: "json_schema", schema: { properties: { a: { type: "x" } } } }, "search.verifier.schema.properties.a.type"],
  [{ type: "json_schema", schema: { anyOf: [{ minimum: "1" }] } }, "search.verifier.schema.anyOf[0].minimum"],
  [{ type: "math_answer", tolerance: 1 }, "search.verifier.tolerance"],
  [{ type: "exact", case_sensitive: true }, "search.verifier.case_sensitive"],
  [{ type: "multiple_choice", options: ["a"] }, "search.verifier.options"],
  [{ type: "multiple_choice", letters: 4 }, "search.verifier.letters"],
  // No reference, no schema: the verifier itself is at fault.
  ["math_answer", "search.verifier"],
  ["json_schema", "search.verifier"],
  [["agreement", "multiple_choice"], "search.verifier[1]"],
])("the fault of verifier %j is told at %s", (verifier, param) => {
  expect(recipeOf({ verifier })).toMatchObject({ ok: false, error: { param } });
});
