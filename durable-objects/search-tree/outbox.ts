import { searchToRows } from "../../src/db/project.ts";
import { insertSearch } from "../../src/db/searches.ts";
import { upsertStoredCompletion } from "../../src/db/stored-completions.ts";
import type { FactsStore } from "./facts.ts";
import { isListingDelivered, type ListingStore, listingToRow } from "./listing.ts";
import type { ReportInput } from "./report.ts";

/** What D1 has to be told of an ended search: its rows once, its place in the list whenever that changes. */
export interface Outbox {
  isDelivered(): boolean;
  /** Idempotent, and it may run twice at a time. Throws where D1 does not take it; what it has taken is noted. */
  deliver(ended: ReportInput): Promise<void>;
}

export function createOutbox(database: D1Database, facts: FactsStore, listing: ListingStore): Outbox {
  const deliverSearch = async (ended: ReportInput, tenantId: string): Promise<void> => {
    if (facts.read().isDelivered) return;
    await insertSearch(database, searchToRows({ ...ended, tenantId }, ended.tree, ended.lastEventAtMs));
    facts.change({ isDelivered: true });
  };
  const deliverListing = async (ended: ReportInput, tenantId: string): Promise<void> => {
    const current = listing.read();
    if (isListingDelivered(current)) return;
    const row = listingToRow({ ...ended, tenantId }, current, ended.tree.end?.answerNodeId != null);
    if (row !== null) await upsertStoredCompletion(database, row);
    listing.markDelivered(current?.revision ?? 0);
  };
  return {
    isDelivered: () => facts.read().isDelivered && isListingDelivered(listing.read()),
    deliver: async (ended) => {
      const tenantId = facts.read().tenantId ?? "";
      await deliverSearch(ended, tenantId);
      await deliverListing(ended, tenantId);
    },
  };
}
