import type { Key } from "../../src/ledger/keys/key.ts";
import type { StoredKey } from "./protocol.ts";
import { createTable } from "./table.ts";

/** A tenant's keys, by their public ids. Of a secret only the digest is here. */
export interface KeyStore {
  get(keyId: string): StoredKey | null;
  /** Replaces the key's row; the digest of a known key stays. */
  put(stored: StoredKey): void;
  change(key: Key): void;
  all(): readonly StoredKey[];
}

export function createKeyStore(storage: Pick<DurableObjectStorage, "sql">): KeyStore {
  const keys = createTable<StoredKey>(storage.sql, "api_key");
  return {
    get: keys.get,
    put: (stored) => keys.put(stored.key.keyId, stored),
    change: (key) => {
      const known = keys.get(key.keyId);
      if (known !== null) keys.put(key.keyId, { ...known, key });
    },
    all: keys.all,
  };
}
