import type { KeyKind } from "./key.ts";

/** Of searching: what an inference or a test key can do. */
const INFERENCE = ["searches:create", "searches:read"] as const;

/** Of running a tenant: what a management key can do. */
const MANAGEMENT = [
  "tenants:read",
  "tenants:write",
  "projects:read",
  "projects:write",
  "keys:read",
  "keys:write",
  "budgets:read",
  "budgets:write",
  "prices:read",
  "prices:write",
  "usage:read",
  "audit:read",
  "webhooks:read",
  "webhooks:write",
  "providers:read",
  "providers:write",
] as const;

export type Permission = (typeof INFERENCE)[number] | (typeof MANAGEMENT)[number];

export const PERMISSIONS: readonly Permission[] = [...INFERENCE, ...MANAGEMENT];

const OF_KIND: Readonly<Record<KeyKind, readonly Permission[]>> = {
  management: MANAGEMENT,
  inference: INFERENCE,
  test: INFERENCE,
};

/**
 * Both must say yes: the key's own list, and its kind. A management key may therefore hold "searches:create", in order
 * to hand it on, and still cannot search (T9).
 */
export function mayDo(
  key: { readonly kind: KeyKind; readonly permissions: readonly Permission[] },
  permission: Permission,
): boolean {
  return key.permissions.includes(permission) && OF_KIND[key.kind].includes(permission);
}

/** Permissions that a key of this kind can neither use nor, being no management key, hand on. */
export function meaningless(kind: KeyKind, permissions: readonly Permission[]): readonly Permission[] {
  return kind === "management" ? [] : permissions.filter((permission) => !OF_KIND[kind].includes(permission));
}
