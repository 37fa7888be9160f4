import { fail, type Result, succeed } from "../core/result.ts";
import { modelNotFound } from "../lists.ts";
import type { RecipeError } from "../recipe.ts";
import { isOptillmApproach, optillmMethod, type ShortPlan, shortPlanOf } from "./names.ts";

/** A model id as clients send it, taken apart. */
export interface AskedModel {
  /** The public id that the configuration knows. */
  readonly base: string;
  readonly plan: ShortPlan;
}

/**
 * `<base>`, `<base>:deep`, `<base>:bon-16`, `bon-<base>` (optillm). A configured id always wins: some contain colons
 * and hyphens themselves.
 */
export function modelAsked(id: string, isModel: (id: string) => boolean): Result<AskedModel, RecipeError> {
  if (isModel(id)) return succeed({ base: id, plan: {} });
  const suffixed = withSuffix(id, isModel);
  if (suffixed !== null) return succeed(suffixed);
  const [, approach = "", rest = ""] = /^([a-z0-9_&|]+)-(.+)$/.exec(id) ?? [];
  if (isOptillmApproach(approach) && isModel(rest)) {
    const method = optillmMethod(approach, "model");
    return method.ok ? succeed({ base: rest, plan: { method: method.value } }) : method;
  }
  return fail(modelNotFound(id));
}

function withSuffix(id: string, isModel: (id: string) => boolean): AskedModel | null {
  const at = id.lastIndexOf(":");
  const base = id.slice(0, Math.max(0, at));
  if (!isModel(base)) return null;
  const plan = shortPlanOf(id.slice(at + 1));
  return plan === null ? null : { base, plan };
}
