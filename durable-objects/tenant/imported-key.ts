import type { KeyRow } from "../../src/db/keys.ts";
import type { StoredKey } from "./protocol.ts";

/** A key as D1 knows it. One without settings infers, without any limit of its own. */
export function rowToKey({ publicId, digest, revokedAtMs, createdAtMs, settings }: KeyRow): StoredKey {
  const { name, lastFour, ...rest } = settings ?? PLAIN;
  return {
    digest,
    createdAtMs,
    ...(name !== undefined && { name }),
    ...(lastFour !== undefined && { lastFour }),
    key: { ...rest, keyId: publicId, revokedAtMs },
  };
}

const PLAIN: NonNullable<KeyRow["settings"]> = {
  kind: "inference",
  projectId: null,
  permissions: ["searches:create", "searches:read"],
  allowed: {},
  createdBy: null,
  isDisabled: false,
  expiresAtMs: null,
  rotation: null,
};

/** What `rowToKey` reads. */
export function keyToRow(tenantId: string, { key, digest, createdAtMs, name, lastFour }: StoredKey): KeyRow {
  const { keyId, revokedAtMs, ...rest } = key;
  const settings = { ...rest, ...(name !== undefined && { name }), ...(lastFour !== undefined && { lastFour }) };
  return { publicId: keyId, digest, tenantId, createdAtMs: createdAtMs ?? 0, revokedAtMs, settings };
}
