import { fail, succeed } from "../../../src/core/result.ts";
import { masterKeyIdOf, type SealedDataKey } from "../../../src/credentials/data-key.ts";
import type { Desk, Outcome, Written } from "./operation.ts";
import type { Input } from "./protocol.ts";

// Rotation of the deployment's master keys: no tenant's business, and nobody else's than the operator's.

export function listDataKeys(desk: Desk): Outcome<readonly SealedDataKey[]> {
  return isOperator(desk) ? succeed(desk.dataKeys.all()) : notForTenants();
}

/** Compare and set: where another rotation was quicker, nothing happens. */
export function rewrapDataKey(desk: Desk, input: Input<"data-key.rewrap">): Outcome<Written<null>> {
  if (!isOperator(desk)) return notForTenants();
  const { dataKeyId, before, sealed } = input;
  const known = desk.dataKeys.get(dataKeyId);
  if (known === null || known.sealed !== before) {
    return fail({ type: "conflict", code: "data_key_changed", message: "The data key was sealed anew meanwhile." });
  }
  const next = { ...known, sealed };
  desk.dataKeys.put(dataKeyId, next);
  return succeed({ output: null, target: dataKeyId, detail: { from: masterKeyIdOf(known), to: masterKeyIdOf(next) } });
}

function isOperator({ actor }: Desk): boolean {
  return actor.keyId === "deployment";
}

function notForTenants(): Outcome<never> {
  return fail({ type: "missing-scope", scope: "providers:write", isWhole: true });
}
