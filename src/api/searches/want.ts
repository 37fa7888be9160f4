import type { Problem } from "../../core/problem.ts";
import { asksOf, demandOf } from "../../demand.ts";
import { type Env, scorersOf } from "../../env.ts";
import { LARGEST_PER_MINUTE } from "../../ledger/meter.ts";
import { LARGEST_NANODOLLARS, microdollarsToNanodollars } from "../../ledger/money.ts";
import type { Supply } from "../../own-providers.ts";
import { createGate } from "../../providers/gate.ts";
import type { Recipe } from "../../recipe.ts";
import { createSetup } from "../../setup.ts";
import type { Want } from "./admission.ts";

/** How long a search may spend before it must ask again: a revoked key spends no longer than that (I11). */
export const LEASE_TTL_MS = 10_000;

/**
 * The lease that a search asks for: money for its first calls, since more is drawn as it goes and whoever runs beside it
 * needs some, too. It can do with a single call.
 */
export function wantOf(recipe: Recipe, problem: Problem, supply: Supply, env: Env): Want {
  // A digest that no other tenant has (identifiers.ts).
  const { safety_identifier: endUser } = problem.forwarded;
  const setup = setupOf(recipe, problem, supply, env);
  const { least, piece } = demandOf(setup);
  const { microdollars: cap = Infinity } = recipe.limits;
  const money = (microdollars: number) =>
    Math.min(LARGEST_NANODOLLARS, microdollarsToNanodollars(Math.min(cap, microdollars)));
  const share = least.tokens === 0 ? 0 : likelyTokens(least.tokens, recipe.sampling.maxTokens) / least.tokens;
  const tokens = (worst: number) => Math.min(LARGEST_PER_MINUTE, Math.ceil(worst * share));
  return {
    ...(typeof endUser === "string" && { endUser }),
    nanodollars: {
      wanted: money(Math.max(least.microdollars, piece.microdollars)),
      minimum: money(least.microdollars),
    },
    tokens: { wanted: tokens(Math.max(least.tokens, piece.tokens)), minimum: tokens(least.tokens) },
    calls: { wanted: recipe.width, minimum: 1 },
    asks: asksOf(recipe),
    ttlMs: LEASE_TTL_MS,
  };
}

/** As the search's object will have it, but nothing is ever called from here. */
export function setupOf(recipe: Recipe, problem: Problem, supply: Supply, env: Env) {
  const clock = { now: () => Date.now(), schedule: () => () => {} };
  const deps = { ...supply, scorers: scorersOf(env), gate: createGate(), clock };
  const setup = createSetup({ recipe, problem, searchId: "", codeVersion: "" }, deps);
  if (!setup.ok) throw new Error(`a recipe that was just made means nothing: ${setup.error.message}`);
  return setup.value;
}

/** Bytes of a prompt to a token, roughly: money is reserved by the byte, a rate need not be. */
const BYTES_PER_TOKEN = 4;

function likelyTokens(worst: number, maxTokens: number): number {
  const completion = Math.min(worst, maxTokens);
  return completion + (worst - completion) / BYTES_PER_TOKEN;
}
