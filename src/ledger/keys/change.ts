import { fail, type Result, succeed } from "../../core/result.ts";
import { type AllowListName, firstWidened } from "../allow-lists.ts";
import { isLive, type Key, type KeyStatus, keyStatus } from "./key.ts";
import { mayDo, meaningless, type Permission } from "./permissions.ts";

/** What a new key is to be; the rest of its row follows. */
export type NewKey = Pick<Key, "keyId" | "kind" | "projectId" | "permissions" | "allowed" | "expiresAtMs">;

export type KeyError =
  | { readonly type: "not-live"; readonly status: KeyStatus }
  | { readonly type: "not-permitted"; readonly permission: Permission }
  /** Wider than its creator's; `param` is the field that is. */
  | {
      readonly type: "too-wide";
      readonly param: "permissions" | "project_id" | "expires_at" | `allowed.${AllowListName}`;
    }
  | { readonly type: "wrong-kind"; readonly permission: Permission };

/**
 * A key is never wider than the one that creates it, in any respect (T9): permissions, project, allow-lists, life. Who
 * holds a key can thus hand on only what it could take itself.
 */
export function createKey(creator: Key, wanted: NewKey, nowMs: number): Result<Key, KeyError> {
  const error = writeError(creator, nowMs) ?? widthError(creator, wanted) ?? kindError(wanted);
  if (error !== null) return fail(error);
  return succeed({ ...wanted, createdBy: creator.keyId, isDisabled: false, revokedAtMs: null, rotation: null });
}

/** A tenant's first key has no creator to be measured by. */
export function firstKey(wanted: NewKey): Key {
  return { ...wanted, createdBy: null, isDisabled: false, revokedAtMs: null, rotation: null };
}

/** What of a key may be changed. The editor's own width bounds it as it bounds a new key. */
export type KeyEdit = Partial<Pick<Key, "permissions" | "allowed" | "expiresAtMs" | "isDisabled">>;

export function editKey(editor: Key, key: Key, edit: KeyEdit, nowMs: number): Result<Key, KeyError> {
  const edited = { ...key, ...edit };
  const status = keyStatus(key, nowMs);
  const error = writeError(editor, nowMs) ?? endedError(status) ?? widthError(editor, edited) ?? kindError(edited);
  return error === null ? succeed(edited) : fail(error);
}

/** The old key works until its grace is over, `graceMs` from now; the new one is as wide and lives as long. */
export function rotateKey(
  editor: Key,
  key: Key,
  successorId: string,
  graceMs: number,
  nowMs: number,
): Result<{ readonly old: Key; readonly successor: Key }, KeyError> {
  const status = keyStatus(key, nowMs);
  const error = writeError(editor, nowMs) ?? (isLive(status) ? null : notLive(status)) ?? widthError(editor, key);
  if (error !== null) return fail(error);
  // Rotated again within its grace, it does not get a longer one.
  const graceEndsAtMs = Math.min(nowMs + graceMs, key.rotation?.graceEndsAtMs ?? Number.POSITIVE_INFINITY);
  return succeed({
    old: { ...key, rotation: { successorId, graceEndsAtMs } },
    successor: { ...key, keyId: successorId, createdBy: editor.keyId, rotation: null },
  });
}

/** At once and for good; a second time changes nothing. Also a key that is wider than the editor: it gives no power. */
export function revokeKey(editor: Key, key: Key, nowMs: number): Result<Key, KeyError> {
  const error = writeError(editor, nowMs) ?? projectError(editor, key);
  if (error !== null) return fail(error);
  return succeed(key.revokedAtMs === null ? { ...key, revokedAtMs: nowMs } : key);
}

function writeError(editor: Key, nowMs: number): KeyError | null {
  const status = keyStatus(editor, nowMs);
  if (!isLive(status)) return notLive(status);
  return mayDo(editor, "keys:write") ? null : { type: "not-permitted", permission: "keys:write" };
}

function endedError(status: KeyStatus): KeyError | null {
  return status === "revoked" || status === "superseded" ? notLive(status) : null;
}

function widthError(creator: Key, key: NewKey): KeyError | null {
  if (!key.permissions.every((one) => creator.permissions.includes(one))) return tooWide("permissions");
  const error = projectError(creator, key);
  if (error !== null) return error;
  const life = (one: NewKey) => one.expiresAtMs ?? Number.POSITIVE_INFINITY;
  if (life(key) > life(creator)) return tooWide("expires_at");
  const list = firstWidened(key.allowed, creator.allowed);
  return list === null ? null : tooWide(`allowed.${list}`);
}

function projectError(editor: Key, key: NewKey): KeyError | null {
  return editor.projectId === null || key.projectId === editor.projectId ? null : tooWide("project_id");
}

function kindError(key: NewKey): KeyError | null {
  const [permission] = meaningless(key.kind, key.permissions);
  return permission === undefined ? null : { type: "wrong-kind", permission };
}

function notLive(status: KeyStatus): KeyError {
  return { type: "not-live", status };
}

type Wide = Extract<KeyError, { type: "too-wide" }>["param"];

function tooWide(param: Wide): KeyError {
  return { type: "too-wide", param };
}
