import { fail, type Result, succeed } from "../core/result.ts";
import { METHODS } from "../methods/index.ts";
import type { RecipeError } from "../recipe.ts";
import { METHOD_ALIASES, methodNamed } from "./aliases.ts";
import { isPreset, PRESET_NAMES } from "./presets.ts";

/** A plan in one word: a preset, or a method with the number of candidates: "deep", "mcts", "bon-16". */
export interface ShortPlan {
  readonly preset?: string;
  readonly method?: string;
  readonly budget?: { readonly max_rollouts: number };
}

/** Null where the word is none of ours. */
export function shortPlanOf(word: string): ShortPlan | null {
  if (isPreset(word)) return { preset: word };
  const exact = knownMethod(word);
  if (exact !== null) return { method: exact };
  const [, name = "", count = ""] = /^(.+)-(\d{1,9})$/.exec(word) ?? [];
  const method = knownMethod(name);
  return method === null ? null : { method, budget: { max_rollouts: Number(count) } };
}

function knownMethod(word: string): string | null {
  const name = methodNamed(word);
  return METHODS.some((one) => one.name === name) ? name : null;
}

/** Every word that may stand in a URL's path: `/v1/{word}/chat/completions`. */
export const STRATEGIES: readonly string[] = [
  ...PRESET_NAMES,
  ...METHODS.flatMap(({ name }) => [name, name.replaceAll("-", "_")]),
  ...METHOD_ALIASES.flatMap((name) => [name, name.replaceAll("-", "_")]),
].filter((word, index, all) => all.indexOf(word) === index);

/** optillm's approaches; null where nothing here does the same. */
const OPTILLM: Readonly<Record<string, string | null>> = {
  none: "single",
  bon: "best-of-n",
  mcts: "mcts",
  self_consistency: "self-consistency",
  rstar: "rstar",
  moa: null,
  rto: null,
  z3: null,
  pvg: null,
  cot_reflection: null,
  plansearch: null,
  leap: null,
  re2: null,
  cepo: null,
  mars: null,
};

/** Combinations are written "bon&moa" (one after the other) and "bon|moa" (side by side). */
export function isOptillmApproach(text: string): boolean {
  return text.split(/[&|]/).every((approach) => Object.hasOwn(OPTILLM, approach));
}

/** The method that is an approach's counterpart. Nothing like it is a refusal, never some other search instead. */
export function optillmMethod(approach: unknown, param: string): Result<string, RecipeError> {
  const method = typeof approach === "string" && Object.hasOwn(OPTILLM, approach) ? OPTILLM[approach] : null;
  if (method !== null && method !== undefined) return succeed(method);
  const known = Object.entries(OPTILLM).filter(([, counterpart]) => counterpart !== null);
  const message = `Unsupported value: the approach ${typeof approach === "string" ? `'${approach}'` : typeof approach} has no counterpart here. Supported approaches are: ${known.map(([name]) => name).join(", ")}.`;
  return fail({ code: "unsupported_value", message, param });
}
