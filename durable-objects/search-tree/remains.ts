import type { Retention } from "../../src/db/retention.ts";
import type { KeyValues } from "./listing.ts";

/** What is left of an ended search beside what `Facts` say, and for how long. */
export interface Remains {
  /** As its tenant had it when the search ended; null: it was not asked yet. */
  readonly retention: Retention | null;
  /** When its deletion was asked for: from then on nobody is shown anything of it. */
  readonly deletedAtMs: number | null;
  /** R2 has its log. */
  readonly isArchived: boolean;
  readonly isArchiveErased: boolean;
  /** The log has been erased, which knew the search's id and its end. */
  readonly erased: ErasedTree | null;
  /** D1 has nothing any more of what a deleted search said. */
  readonly isRedacted: boolean;
  /** Nothing that came late of a deleted search is left. */
  readonly isCleared: boolean;
  /** D1 has nothing of it at all. */
  readonly areRowsErased: boolean;
}

export interface ErasedTree {
  readonly searchId: string;
  readonly endedAtMs: number;
}

const NOTHING_SAID: Remains = {
  retention: null,
  deletedAtMs: null,
  isArchived: false,
  isArchiveErased: false,
  erased: null,
  isRedacted: false,
  isCleared: false,
  areRowsErased: false,
};

export interface RemainsStore {
  read(): Remains;
  /** Synchronous, hence in the same transaction as what is written beside it. */
  change(remains: Partial<Remains>): void;
}

/** One entry, absent while there is nothing to say; what a later version adds reads as its default. */
export function createRemainsStore(storage: { readonly kv: KeyValues }): RemainsStore {
  const read = (): Remains => ({ ...NOTHING_SAID, ...storage.kv.get<Partial<Remains>>("remains") });
  return { read, change: (remains) => storage.kv.put("remains", { ...read(), ...remains }) };
}

/** May anybody still be shown its tree? */
export function isShown({ deletedAtMs, erased }: Remains): boolean {
  return deletedAtMs === null && erased === null;
}
