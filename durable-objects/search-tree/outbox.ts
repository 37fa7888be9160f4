import { searchToRows } from "../../src/db/project.ts";
import { insertSearch } from "../../src/db/searches.ts";
import { upsertStoredCompletion } from "../../src/db/stored-completions.ts";
import type { FactsStore } from "./facts.ts";
import type { LeaseKeeper } from "./lease-keeper.ts";
import { isListingDelivered, type ListingStore, listingToRow } from "./listing.ts";
import type { ReportInput } from "./report.ts";

/**
 * What others have to be told of an ended search: its tenant what was spent, once; D1 its rows, once, and its place in the
 * list whenever that changes.
 */
export interface Outbox {
  isDelivered(): boolean;
  /** Idempotent, and it may run twice at a time. Throws where somebody does not take it; what was taken is noted. */
  deliver(ended: ReportInput): Promise<void>;
}

export function createOutbox(
  database: D1Database,
  facts: FactsStore,
  listing: ListingStore,
  lease: Pick<LeaseKeeper, "isSettled" | "settle">,
): Outbox {
  const deliverSearch = async (ended: ReportInput, tenantId: string): Promise<void> => {
    if (facts.read().isDelivered) return;
    const origin = { ...ended, tenantId, keyId: facts.read().lease?.keyId ?? null };
    await insertSearch(database, searchToRows(origin, ended.tree, ended.lastEventAtMs));
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
    isDelivered: () => lease.isSettled() && facts.read().isDelivered && isListingDelivered(listing.read()),
    deliver: async (ended) => {
      const tenantId = facts.read().tenantId ?? "";
      const toDatabase = async (): Promise<void> => {
        await deliverSearch(ended, tenantId);
        await deliverListing(ended, tenantId);
      };
      // Neither waits for the other, which may be down.
      const outcomes = await Promise.allSettled([lease.settle(), toDatabase()]);
      for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
    },
  };
}
