import { fail, type Result, succeed } from "../../../src/core/result.ts";
import { createKey, editKey, type KeyError, revokeKey, rotateKey } from "../../../src/ledger/keys/change.ts";
import type { Key } from "../../../src/ledger/keys/key.ts";
import { tenantCodeOf, tenantCodeOfKey } from "../../../src/ledger/keys/tenant-code.ts";
import type { StoredKey } from "../protocol.ts";
import type { Desk, Outcome, Written } from "./operation.ts";
import { projectOf } from "./projects.ts";
import type { AdministrationError, Input, KnownKey, Output } from "./protocol.ts";

export function createTenantKey(desk: Desk, input: Input<"key.create">): Outcome<Written<KnownKey>> {
  const { name, digest, lastFour } = input;
  const fault = idFault(desk, input.key.keyId) ?? projectFault(desk, input.key.projectId);
  if (fault !== null) return fail(fault);
  const created = lawful(createKey(desk.actor, input.key, desk.nowMs));
  if (!created.ok) return created;
  const key = created.value;
  const stored = { key, digest, name, lastFour, createdAtMs: desk.nowMs };
  desk.keys.put(stored);
  return succeed({ output: toKnown(stored), target: key.keyId, detail: { name, ...settingsOf(key) } });
}

export function listTenantKeys(desk: Desk, { projectId }: Input<"key.list">): Outcome<readonly KnownKey[]> {
  const seen = desk.keys.all().filter(({ key }) => isVisible(desk, key));
  return succeed(seen.filter(({ key }) => projectId === null || key.projectId === projectId).map(toKnown));
}

export function getKey(desk: Desk, { keyId }: Input<"key.get">): Outcome<KnownKey> {
  const stored = storedOf(desk, keyId);
  return stored.ok ? succeed(toKnown(stored.value)) : stored;
}

export function updateKey(desk: Desk, { keyId, edit, name }: Input<"key.update">): Outcome<Written<KnownKey>> {
  const stored = storedOf(desk, keyId);
  if (!stored.ok) return stored;
  const edited = lawful(editKey(desk.actor, stored.value.key, edit, desk.nowMs));
  if (!edited.ok) return edited;
  const changed = { ...stored.value, key: edited.value, name: name ?? stored.value.name ?? "" };
  desk.keys.put(changed);
  return succeed({ output: toKnown(changed), target: keyId, detail: { ...edit, ...(name !== undefined && { name }) } });
}

export function rotateTenantKey(desk: Desk, input: Input<"key.rotate">): Outcome<Written<Output<"key.rotate">>> {
  const { keyId, successors, graceMs } = input;
  const stored = storedOf(desk, keyId);
  if (!stored.ok) return stored;
  const { keyId: successorId, digest, lastFour } = successors[stored.value.key.kind];
  const fault = idFault(desk, successorId);
  if (fault !== null) return fail(fault);
  const rotated = lawful(rotateKey(desk.actor, stored.value.key, successorId, graceMs, desk.nowMs));
  if (!rotated.ok) return rotated;
  const old = { ...stored.value, key: rotated.value.old };
  const successor = { ...old, key: rotated.value.successor, digest, lastFour, createdAtMs: desk.nowMs };
  desk.keys.put(old);
  desk.keys.put(successor);
  const output = { old: toKnown(old), successor: toKnown(successor) };
  return succeed({ output, target: keyId, detail: { successorId, graceMs } });
}

export function revokeTenantKey(desk: Desk, { keyId }: Input<"key.revoke">): Outcome<Written<KnownKey>> {
  const stored = storedOf(desk, keyId);
  if (!stored.ok) return stored;
  const revoked = lawful(revokeKey(desk.actor, stored.value.key, desk.nowMs));
  if (!revoked.ok) return revoked;
  desk.keys.change(revoked.value);
  const output = toKnown({ ...stored.value, key: revoked.value });
  return succeed({ output, target: keyId, detail: { revokedAtMs: revoked.value.revokedAtMs } });
}

/** A key of another project is as unknown as none, to a key that is bound to one. */
function storedOf(desk: Desk, keyId: string): Outcome<StoredKey> {
  const stored = desk.keys.get(keyId);
  if (stored === null || !isVisible(desk, stored.key)) return fail({ type: "not-found", thing: "key", id: keyId });
  return succeed(stored);
}

function isVisible({ actor }: Desk, key: Key): boolean {
  return actor.projectId === null || actor.projectId === key.projectId;
}

/** The id was drawn where the key was made: it must be new, and of this tenant. */
function idFault({ keys, tenancy }: Desk, keyId: string): AdministrationError | null {
  const tenantId = tenancy.read()?.tenantId;
  const isOwn = tenantId !== undefined && tenantCodeOfKey(keyId) === tenantCodeOf(tenantId);
  if (isOwn && keys.get(keyId) === null) return null;
  return { type: "conflict", code: "key_id_taken", message: "The new key's id is taken. Send the request again." };
}

function projectFault(desk: Desk, projectId: string | null): AdministrationError | null {
  if (projectId === null) return null;
  const project = projectOf(desk, projectId);
  if (!project.ok) {
    // Whoever is bound to a project is told that another is beyond it, be there such a one or not.
    return desk.actor.projectId === null ? project.error : { type: "too-wide", param: "project_id" };
  }
  if (project.value.archivedAtMs === null) return null;
  return { type: "conflict", code: "project_archived", message: `The project '${projectId}' is archived.` };
}

/** The actor itself was found live before: what is not, is the key. */
function lawful<Value>(result: Result<Value, KeyError>): Outcome<Value> {
  if (result.ok) return result;
  const { error } = result;
  switch (error.type) {
    case "not-live":
      return fail({ type: "conflict", code: "key_not_live", message: `The key is ${error.status}.` });
    case "not-permitted":
      return fail({ type: "missing-scope", scope: error.permission, isWhole: false });
    case "too-wide":
      return fail({ type: "too-wide", param: error.param });
    case "wrong-kind": {
      const reason = `A key of this kind can do nothing with '${error.permission}'.`;
      return fail({ type: "invalid", param: "permissions", reason });
    }
  }
}

function settingsOf({ kind, projectId, permissions, allowed, expiresAtMs }: Key) {
  return { kind, projectId, permissions, allowed, expiresAtMs };
}

function toKnown({ key, name, createdAtMs, lastFour }: StoredKey): KnownKey {
  return { key, name: name ?? "", createdAtMs: createdAtMs ?? null, lastFour: lastFour ?? null };
}
