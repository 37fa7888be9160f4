import type { KeyRow } from "../../src/db/keys.ts";
import type { StoredKey } from "./protocol.ts";

/** A key as D1 knows it: one that infers, without any limit of its own. */
export function rowToKey({ publicId, digest, revokedAtMs }: KeyRow): StoredKey {
  return {
    digest,
    key: {
      keyId: publicId,
      kind: "inference",
      projectId: null,
      permissions: ["searches:create", "searches:read"],
      allowed: {},
      createdBy: null,
      isDisabled: false,
      expiresAtMs: null,
      revokedAtMs,
      rotation: null,
    },
  };
}
