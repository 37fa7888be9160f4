import type { SearchEventBody } from "../../src/core/event.ts";
import type { Problem } from "../../src/core/problem.ts";
import type { Recipe } from "../../src/recipe.ts";
import type { SearchStart } from "./live-log.ts";
import type { StartInput } from "./protocol.ts";

/** What a search was started with, read back from its log. The core keeps the recipe without knowing its shape. */
export function startToInput(start: SearchStart): {
  readonly searchId: string;
  readonly problem: Problem;
  readonly recipe: Recipe;
} {
  return { searchId: start.searchId, problem: start.problem, recipe: start.recipe as Recipe };
}

/** Written before the first run, so that a run that throws at once leaves something to take up again. */
export function inputToStart(input: StartInput, codeVersion: string): SearchEventBody {
  const { searchId, problem, recipe } = input;
  return { type: "search-start", searchId, problem, recipe, codeVersion };
}
