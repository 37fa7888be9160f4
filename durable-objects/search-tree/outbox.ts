import { type Bucket, writeArchive } from "../../src/db/archive.ts";
import { searchToRows } from "../../src/db/project.ts";
import { type Retention, retentionOf } from "../../src/db/retention.ts";
import { deleteLateRows, deleteSearch, insertSearch, redactSearch } from "../../src/db/searches.ts";
import { upsertStoredCompletion } from "../../src/db/stored-completions.ts";
import { isOneCall } from "../../src/setup.ts";
import type { FactsStore } from "./facts.ts";
import type { LeaseKeeper } from "./lease-keeper.ts";
import { type Desk, dueLetters, type Letter, nextDueAtMs } from "./letters.ts";
import { isListingDelivered, type ListingStore, listingToRow } from "./listing.ts";
import type { RemainsStore } from "./remains.ts";
import type { ReportInput } from "./report.ts";

/** Tells others of an ended search, and erases it when its time is over (`letters.ts` says what is due, and when). */
export interface Outbox {
  /** Nothing is due now. */
  isDelivered(): boolean;
  /** When something will be due; null for never. */
  nextDueAtMs(): number | null;
  /** Deliveries of this object's life that failed since the last that did not. */
  readonly failures: number;
  /** Idempotent, and one at a time. Throws where somebody does not take it; what was taken is noted. */
  deliver(): Promise<void>;
}

export interface OutboxDeps {
  readonly database: D1Database;
  /** Absent: nothing is archived. */
  readonly bucket: Bucket | undefined;
  readonly archiveKeyOf: (tenantId: string, searchId: string) => string;
  readonly facts: FactsStore;
  readonly listing: ListingStore;
  readonly remains: RemainsStore;
  readonly lease: Pick<LeaseKeeper, "isSettled" | "settle">;
  /** What its tenant says of how long things are kept. */
  readonly askRetention: (tenantId: string) => Promise<Partial<Retention>>;
  readonly now: () => number;
  /** The search as it stands; null before it has begun, and once its log is erased. */
  readonly search: () => ReportInput | null;
  readonly log: () => Iterable<readonly object[]>;
  /** Erases the log and what was kept beside it. Synchronous, hence in the same transaction as what is written beside it. */
  readonly eraseTree: () => void;
  /** Erases everything that the object has. */
  readonly forget: () => Promise<void>;
}

/** A letter may make the next one due; no search has more of them than this. */
const MOST_ROUNDS = 10;

export function createOutbox(deps: OutboxDeps): Outbox {
  const { database, bucket, facts, listing, remains, lease, now } = deps;
  let failures = 0;
  let turn: Promise<unknown> = Promise.resolve();

  const desk = (): Desk => {
    const search = deps.search();
    const known = remains.read();
    const hasEnded = search !== null && search.tree.end !== null;
    return {
      endedAtMs: known.erased?.endedAtMs ?? (hasEnded ? search.lastEventAtMs : null),
      isSettled: lease.isSettled(),
      isDelivered: facts.read().isDelivered,
      isListed: isListingDelivered(listing.read()),
      // One call is no tree, and its answer is in D1.
      hasArchive: bucket !== undefined && (search === null || !isOneCall(search.recipe)),
      remains: known,
    };
  };

  const ended = (): ReportInput => {
    const search = deps.search();
    if (search === null) throw new Error("a search that was erased is asked for");
    return search;
  };
  const tenantId = (): string => facts.read().tenantId ?? "";
  const searchId = (): string => remains.read().erased?.searchId ?? ended().searchId;
  const archiveKey = (): string => deps.archiveKeyOf(tenantId(), searchId());
  const rows = () => {
    const search = ended();
    const origin = { ...search, tenantId: tenantId(), keyId: facts.read().lease?.keyId ?? null };
    return searchToRows(origin, search.tree, search.lastEventAtMs);
  };

  const write: Readonly<Record<Letter, () => Promise<void>>> = {
    retention: async () => remains.change({ retention: retentionOf(await deps.askRetention(tenantId())) }),
    settlement: () => lease.settle(),
    rows: async () => {
      await insertSearch(database, rows());
      facts.change({ isDelivered: true });
    },
    archive: async () => {
      if (bucket === undefined) return;
      await writeArchive(bucket, archiveKey(), deps.log());
      remains.change({ isArchived: true });
    },
    listing: async () => {
      const current = listing.read();
      const search = deps.search();
      const origin = { searchId: searchId(), tenantId: tenantId(), createdAtMs: facts.read().createdAtMs };
      const row = listingToRow(origin, current, search?.tree.end?.answerNodeId != null);
      if (row !== null) await upsertStoredCompletion(database, row);
      listing.markDelivered(current?.revision ?? 0);
    },
    redaction: async () => {
      await redactSearch(database, rows().search);
      remains.change({ isRedacted: true });
    },
    clearance: async () => {
      await deleteLateRows(database, searchId());
      await bucket?.delete(archiveKey());
      remains.change({ isCleared: true });
    },
    "archive-erasure": async () => {
      await bucket?.delete(archiveKey());
      remains.change({ isArchiveErased: true });
    },
    "tree-erasure": async () => {
      const { searchId: id, lastEventAtMs } = ended();
      deps.eraseTree();
      remains.change({ erased: { searchId: id, endedAtMs: lastEventAtMs } });
      listing.change(null);
    },
    "row-erasure": async () => {
      await deleteSearch(database, searchId());
      remains.change({ areRowsErased: true });
    },
    forgetting: async () => {
      // What was told to D1 between the erasures.
      await deleteSearch(database, searchId());
      await deps.forget();
    },
  };

  const deliver = async (): Promise<void> => {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const due = dueLetters(desk(), now());
      if (due.length === 0) break;
      // Nobody waits for another, which may be down.
      const outcomes = await Promise.allSettled(due.map((letter) => write[letter]()));
      const refused = outcomes.find((outcome) => outcome.status === "rejected");
      if (refused !== undefined) {
        failures++;
        throw refused.reason;
      }
    }
    failures = 0;
  };

  return {
    isDelivered: () => dueLetters(desk(), now()).length === 0,
    nextDueAtMs: () => nextDueAtMs(desk(), now()),
    get failures() {
      return failures;
    },
    deliver: () => {
      const own = turn.then(deliver);
      turn = own.catch(() => {});
      return own;
    },
  };
}
