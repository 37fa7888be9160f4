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

/** The configured id that a client's spelling means; null where there is none. */
export type FindId = (id: string) => string | null;

/**
 * `<base>`, `<base>:deep`, `<base>:bon-16`, `bon-<base>` (optillm). A configured id always wins: some contain colons
 * and hyphens themselves.
 */
export function modelAsked(id: string, configured: FindId): Result<AskedModel, RecipeError> {
  const exact = configured(id);
  if (exact !== null) return succeed({ base: exact, plan: {} });
  const suffixed = withSuffix(id, configured);
  if (suffixed !== null) return succeed(suffixed);
  const [, approach = "", rest = ""] = /^([a-z0-9_&|]+)-(.+)$/.exec(id) ?? [];
  const prefixed = isOptillmApproach(approach) ? configured(rest) : null;
  if (prefixed !== null) {
    const method = optillmMethod(approach, "model");
    return method.ok ? succeed({ base: prefixed, plan: { method: method.value } }) : method;
  }
  return fail(modelNotFound(id));
}

function withSuffix(id: string, configured: FindId): AskedModel | null {
  const at = id.lastIndexOf(":");
  const base = configured(id.slice(0, Math.max(0, at)));
  if (base === null) return null;
  const plan = shortPlanOf(id.slice(at + 1));
  return plan === null ? null : { base, plan };
}
