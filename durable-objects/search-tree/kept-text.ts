/**
 * What the API wants to find again beside a search, such as the settings of a stored response. Opaque here, and of at
 * most half a million characters: a value ends at 2 MB, and a character outside Latin-1 takes two bytes.
 */
export interface KeptText {
  /** Null where nothing is kept, or no longer. */
  read(): string | null;
  /** Synchronous, hence in the same transaction as what is written beside it. Null forgets it. */
  write(text: string | null): void;
}

export function createKeptText(storage: Pick<DurableObjectStorage, "kv">): KeptText {
  return {
    read: () => storage.kv.get<string>("kept") ?? null,
    write: (text) => {
      if (text === null) storage.kv.delete("kept");
      else storage.kv.put("kept", text);
    },
  };
}
