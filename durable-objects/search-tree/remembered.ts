import type { KeyValues } from "./listing.ts";

/** Of the platform's storage, what has to know of the memory before it. */
export interface RememberedStorage {
  readonly kv: KeyValues;
  /** As the platform's: all of it or nothing, also of what is remembered. */
  transactionSync<Value>(work: () => Value): Value;
  deleteAll(): Promise<void>;
}

/**
 * Small values of an object's storage, each read once: nobody but the object writes them, and it looks at some of them tens of
 * times a call. What is put is written at once, in the transaction under way.
 */
export function createRememberedStorage(
  storage: Pick<DurableObjectStorage, "transactionSync" | "deleteAll"> & { readonly kv: KeyValues },
): RememberedStorage {
  const { kv } = storage;
  const known = new Map<string, unknown>();
  return {
    kv: {
      get: <T>(key: string): T | undefined => {
        if (!known.has(key)) known.set(key, kv.get(key));
        return known.get(key) as T | undefined;
      },
      put: (key, value) => {
        known.set(key, value);
        kv.put(key, value);
      },
    },
    transactionSync: (work) => {
      try {
        return storage.transactionSync(work);
      } catch (error) {
        // Taken back: what counts is what is stored.
        known.clear();
        throw error;
      }
    },
    deleteAll: () => {
      known.clear();
      return storage.deleteAll();
    },
  };
}
