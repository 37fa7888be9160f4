import type { Key } from "../../src/ledger/keys/key.ts";
import type { StoredKey } from "./protocol.ts";
import { createTable } from "./table.ts";

/** A tenant's keys, by their public ids. Of a secret only the digest is here. */
export interface KeyStore {
  get(keyId: string): StoredKey | null;
  /** Replaces the key's row. */
  put(stored: StoredKey): void;
  change(key: Key): void;
  all(): readonly StoredKey[];
  /** Those whose row D1 has not got yet as it is now. */
  untold(): readonly StoredKey[];
  /** D1 has got this row; one that has changed meanwhile stays untold. */
  markTold(stored: StoredKey): void;
}

export function createKeyStore(storage: Pick<DurableObjectStorage, "sql">): KeyStore {
  const keys = createTable<StoredKey>(storage.sql, "api_key");
  const untold = createTable<true>(storage.sql, "untold_key");
  const put = (stored: StoredKey): void => {
    keys.put(stored.key.keyId, stored);
    untold.put(stored.key.keyId, true);
  };
  return {
    get: keys.get,
    put,
    change: (key) => {
      const known = keys.get(key.keyId);
      if (known !== null) put({ ...known, key });
    },
    all: keys.all,
    untold: () => untold.ids().flatMap((keyId) => keys.get(keyId) ?? []),
    markTold: (stored) => {
      const { keyId } = stored.key;
      if (JSON.stringify(keys.get(keyId)) === JSON.stringify(stored)) untold.delete(keyId);
    },
  };
}
