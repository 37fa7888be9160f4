import type { storedCompletions } from "../../src/db/schema.ts";
import type { ListingEntry } from "./protocol.ts";

/** How a search stands in D1's list of stored completions. This is the truth, D1 follows it. */
export interface Listing {
  readonly model: string;
  /** Null: it was deleted. */
  readonly metadata: ListingEntry["metadata"] | null;
  /** Of the metadata, from 1. */
  readonly revision: number;
  /** The newest revision that D1 is known to have; 0: none. */
  readonly deliveredRevision: number;
}

export interface ListingStore {
  /** Null where it was never to be listed. */
  read(): Listing | null;
  /** Synchronous, hence in the same transaction as what is written beside it. */
  enter(entry: ListingEntry): void;
  /** Null: it is deleted. Without an entry nothing happens. */
  change(metadata: Listing["metadata"]): void;
  /** D1 has this revision, or a newer one. */
  markDelivered(revision: number): void;
}

/** Of the platform's storage, as far as it is used here. */
export interface KeyValues {
  get<T>(key: string): T | undefined;
  put(key: string, value: unknown): void;
}

export function createListingStore(storage: { readonly kv: KeyValues }): ListingStore {
  const read = (): Listing | null => storage.kv.get<Listing>("listing") ?? null;
  const write = (listing: Listing): void => storage.kv.put("listing", listing);
  return {
    read,
    enter: ({ model, metadata }) => write({ model, metadata, revision: 1, deliveredRevision: 0 }),
    change: (metadata) => {
      const listing = read();
      // What is deleted is so once.
      if (listing === null || (metadata === null && listing.metadata === null)) return;
      write({ ...listing, metadata, revision: listing.revision + 1 });
    },
    markDelivered: (revision) => {
      const listing = read();
      if (listing === null) return;
      write({ ...listing, deliveredRevision: Math.max(listing.deliveredRevision, revision) });
    },
  };
}

/** What can still be found by it; null where it is deleted or was never listed. */
export function entryOf(listing: Listing | null): ListingEntry | null {
  if (listing === null || listing.metadata === null) return null;
  return { model: listing.model, metadata: listing.metadata };
}

export function isListingDelivered(listing: Listing | null): boolean {
  return listing === null || listing.deliveredRevision >= listing.revision;
}

type StoredCompletionRow = typeof storedCompletions.$inferInsert;

/**
 * What D1 has to be told of an ended search; null for nothing. A search without an answer is no completion, so the list
 * never hears of it. That one was deleted, it hears in any case: a delivery of it may still be on its way.
 */
export function listingToRow(
  origin: Pick<StoredCompletionRow, "searchId" | "tenantId" | "createdAtMs">,
  listing: Listing | null,
  hasAnswer: boolean,
): StoredCompletionRow | null {
  if (listing === null || (!hasAnswer && listing.metadata !== null)) return null;
  const { searchId, tenantId, createdAtMs } = origin;
  const { model, metadata, revision } = listing;
  return { searchId, tenantId, createdAtMs, model, metadata, revision };
}
