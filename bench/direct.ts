import { createCanceller } from "../src/core/cancellation.ts";
import type { Clock } from "../src/core/clock.ts";
import type { Problem } from "../src/core/problem.ts";
import { search } from "../src/core/search.ts";
import { createMemoryStore } from "../src/core/store.ts";
import type { Tree } from "../src/core/tree.ts";
import type { ProviderConfig } from "../src/providers/config.ts";
import { createGate } from "../src/providers/gate.ts";
import { createRecipe } from "../src/recipe.ts";
import { createSetup } from "../src/setup.ts";

export interface DirectRequest {
  readonly question: string;
  readonly search: unknown;
  readonly seed: number;
  readonly temperature: number | undefined;
  readonly maxTokens: number;
}

const clock: Clock = {
  now: () => Date.now(),
  schedule: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/**
 * One search in this process: the recipe, the loop and the provider of the product, without the Worker around them. For
 * tuning and for anytime curves, where thousands of searches are run and latency is not the question.
 */
export async function searchDirectly(request: DirectRequest, providers: readonly ProviderConfig[]): Promise<Tree> {
  const problem: Problem = {
    messages: [{ role: "user", content: request.question }],
    forwarded: {},
    reference: null,
  };
  const sampling = { maxTokens: request.maxTokens, temperature: request.temperature, topP: undefined, stop: [] };
  const model = providers[0]?.models[0]?.id ?? "";
  const recipe = createRecipe({ problem, model, search: request.search, sampling, seed: request.seed }, providers);
  if (!recipe.ok) throw new Error(`${recipe.error.param}: ${recipe.error.message}`);
  const setup = createSetup(
    { searchId: "srch_direct", recipe: recipe.value, problem, codeVersion: "bench" },
    { providers, gate: createGate(), clock },
  );
  if (!setup.ok) throw new Error(setup.error.message);
  const store = createMemoryStore();
  return search(setup.value, { store, clock, signal: createCanceller().signal, onAppend: () => {} });
}
