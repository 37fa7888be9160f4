import type { Env } from "../../env.ts";
import type { Location } from "../../providers/config.ts";

/**
 * The object of a tenant's search. The name carries the tenant, so a foreign id leads to an object that was never
 * started: ownership needs no check that could be forgotten (T8).
 */
export function searchStub(env: Env, tenantId: string, searchId: string, location?: Location) {
  // Where it is first asked for is where it stays: only who starts it says where.
  return env.SEARCH_TREE.getByName(`${tenantId}/${searchId}`, location === undefined ? {} : { locationHint: location });
}
