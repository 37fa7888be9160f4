import { fail, succeed } from "../../../src/core/result.ts";
import { appendAudit } from "../../../src/ledger/audit/chain.ts";
import { isLive, type Key, keyStatus } from "../../../src/ledger/keys/key.ts";
import { mayDo, PERMISSIONS } from "../../../src/ledger/keys/permissions.ts";
import type { Cabinet, Desk, Operation, Outcome } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";
import type { AdministrationName, Input, Output } from "./protocol.ts";

/** Who acts with the deployment's credential: as a management key that may do everything. No key has such an id. */
export const DEPLOYMENT: Key = {
  keyId: "deployment",
  kind: "management",
  projectId: null,
  permissions: PERMISSIONS,
  allowed: {},
  createdBy: null,
  isDisabled: false,
  expiresAtMs: null,
  revokedAtMs: null,
  rotation: null,
};

/**
 * Carries out one operation for whoever holds the key `actorId`, as it is now: a key that was revoked since it was proved
 * does nothing any more. To be called in a transaction: an operation's change and its entry in the log are one.
 */
export function administer<Name extends AdministrationName>(
  cabinet: Cabinet,
  actorId: string,
  name: Name,
  input: Input<Name>,
  nowMs: number,
): Outcome<Output<Name>> {
  const actor = actorId === DEPLOYMENT.keyId ? DEPLOYMENT : (cabinet.keys.get(actorId)?.key ?? null);
  if (actor === null || !isLive(keyStatus(actor, nowMs))) return fail({ type: "actor-not-live" });
  const operation: Operation<Name> = OPERATIONS[name];
  const { permission: scope, reach } = operation;
  if (!mayDo(actor, scope)) return fail({ type: "missing-scope", scope, isWhole: false });
  if (reach === "tenant" && actor.projectId !== null) return fail({ type: "missing-scope", scope, isWhole: true });
  const desk: Desk = { ...cabinet, actor, nowMs };
  if (operation.type === "read") return operation.run(desk, input);
  const done = operation.run(desk, input);
  if (!done.ok) return done;
  const { output, target, detail } = done.value;
  const fact = { atMs: nowMs, actor: actor.keyId, action: name, target, detail: JSON.stringify(detail) };
  cabinet.audit.append(appendAudit(cabinet.audit.head(), fact));
  return succeed(output);
}
