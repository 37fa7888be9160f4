import type { SearchEventBody } from "../../src/core/event.ts";
import type { Problem } from "../../src/core/problem.ts";
import type { Recipe } from "../../src/recipe.ts";
import type { SearchStart } from "./live-log.ts";
import type { StartInput } from "./protocol.ts";

/** What a search is run with, whether it has just been asked for or is read back from its log. */
export interface SearchOrder {
  readonly searchId: string;
  readonly problem: Problem;
  readonly recipe: Recipe;
}

export function inputToOrder({ searchId, problemJson, recipe }: StartInput): SearchOrder {
  return { searchId, recipe, problem: JSON.parse(new TextDecoder().decode(problemJson)) as Problem };
}

/** The core keeps the recipe without knowing its shape. */
export function startToOrder({ searchId, problem, recipe }: SearchStart): SearchOrder {
  return { searchId, problem, recipe: recipe as Recipe };
}

/** Written before the first run, so that a run that throws at once leaves something to take up again. */
export function orderToStart(order: SearchOrder, codeVersion: string): SearchEventBody {
  return { type: "search-start", ...order, codeVersion };
}
