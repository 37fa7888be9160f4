import type { AllowLists } from "../allow-lists.ts";
import type { Permission } from "./permissions.ts";

/** What a key is for. A management key cannot infer, an inference key cannot manage, a test key never costs money. */
export type KeyKind = "management" | "inference" | "test";

/** A platform key, without its secret. */
export interface Key {
  readonly keyId: string;
  readonly kind: KeyKind;
  /** Null: all of the tenant's projects. */
  readonly projectId: string | null;
  /** What it may do, as far as its kind can, and what it may hand on to keys that it creates. */
  readonly permissions: readonly Permission[];
  readonly allowed: AllowLists;
  /** The key that created it; null for a tenant's first. */
  readonly createdBy: string | null;
  readonly isDisabled: boolean;
  /** Milliseconds since 1970, as all below; null: never. */
  readonly expiresAtMs: number | null;
  readonly revokedAtMs: number | null;
  readonly rotation: Rotation | null;
}

export interface Rotation {
  readonly successorId: string;
  /** Until then the old key still works. */
  readonly graceEndsAtMs: number;
}

/** `rotated` still works, within its grace; of the others only `active` does. */
export type KeyStatus = "active" | "disabled" | "expired" | "rotated" | "superseded" | "revoked";

/** What ends a key for good goes before what ends it for now. */
export function keyStatus(key: Key, nowMs: number): KeyStatus {
  if (key.revokedAtMs !== null) return "revoked";
  if (key.rotation !== null && nowMs >= key.rotation.graceEndsAtMs) return "superseded";
  if (key.expiresAtMs !== null && nowMs >= key.expiresAtMs) return "expired";
  if (key.isDisabled) return "disabled";
  return key.rotation === null ? "active" : "rotated";
}

export function isLive(status: KeyStatus): boolean {
  return status === "active" || status === "rotated";
}
