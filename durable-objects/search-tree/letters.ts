import { DEFAULT_RETENTION, retentionEnds } from "../../src/db/retention.ts";
import type { Remains } from "./remains.ts";

/**
 * What others have to be told or asked of an ended search, and what has to be forgotten of it:
 * - `retention`: its tenant is asked how long it is kept.
 * - `settlement`: its tenant's ledger, what was spent.
 * - `rows`: D1, the search with its candidates and calls.
 * - `archive`: R2, its log.
 * - `listing`: D1, its place in the list of stored completions.
 * - `redaction`: D1, that it was deleted: what it said goes, what it cost stays.
 * - `clearance`: what came late of a deleted search.
 * - `archive-erasure`, `tree-erasure`, `row-erasure`: at the end of their time, or because it was deleted.
 * - `forgetting`: nothing is left but the object's own notes; they go, too.
 */
export type Letter =
  | "retention"
  | "settlement"
  | "rows"
  | "archive"
  | "listing"
  | "redaction"
  | "clearance"
  | "archive-erasure"
  | "tree-erasure"
  | "row-erasure"
  | "forgetting";

export interface Desk {
  /** Null while it runs: nothing is told before. */
  readonly endedAtMs: number | null;
  readonly isSettled: boolean;
  /** D1 has its rows. */
  readonly isDelivered: boolean;
  /** D1 has its place in the list as it is now. */
  readonly isListed: boolean;
  /** There is a bucket, and a tree worth keeping in it. */
  readonly hasArchive: boolean;
  readonly remains: Remains;
}

/**
 * So long after a deletion everything has arrived that an earlier life of the object had sent to D1 or R2 (D1 ends a batch
 * after 30 s), and it is cleared away.
 */
export const CLEARANCE_MS = 5 * 60_000;

/** When each letter is due, in the order in which they are to be written; 0: at once. Pure and total. */
export function dueTimes(desk: Desk): readonly (readonly [Letter, number])[] {
  const { endedAtMs, isSettled, isDelivered, isListed, hasArchive, remains } = desk;
  if (endedAtMs === null) return [];
  const { retention, deletedAtMs, isArchived, isArchiveErased, erased, isRedacted, isCleared, areRowsErased } = remains;
  const isDeleted = deletedAtMs !== null;
  const isKnown = retention !== null;
  const { archiveDays } = retention ?? DEFAULT_RETENTION;
  const ends = retentionEnds(retention ?? DEFAULT_RETENTION, endedAtMs);
  const mustArchive = hasArchive && archiveDays > 0 && !isDeleted && erased === null && !isArchived;
  // Where it was deleted, a copy may be on its way that nobody here knows of any more.
  const isInArchive = (isArchived || (isDeleted && hasArchive)) && !isArchiveErased;
  const isTold = isKnown && isSettled && (isDeleted ? isRedacted : isDelivered && !mustArchive);
  const isOver = isTold && isListed && erased !== null && !isInArchive && (isCleared || !isDeleted);
  const letters: [Letter, number, boolean][] = [
    ["retention", 0, !isKnown],
    ["settlement", 0, !isSettled],
    ["rows", 0, !isDelivered && !isDeleted],
    ["redaction", 0, isDeleted && !isRedacted],
    ["archive", 0, isKnown && mustArchive],
    ["archive-erasure", isDeleted ? 0 : ends.archiveMs, isKnown && isInArchive],
    // All the others are made of the tree, and money is counted from it.
    ["tree-erasure", isDeleted ? 0 : ends.treeMs, erased === null && isTold],
    ["listing", 0, !isListed],
    ["clearance", (deletedAtMs ?? 0) + CLEARANCE_MS, isDeleted && isTold && !isCleared],
    ["row-erasure", ends.rowsMs, isTold && !areRowsErased && (isCleared || !isDeleted)],
    ["forgetting", 0, isOver && areRowsErased],
  ];
  return letters.flatMap(([letter, atMs, isOpen]) => (isOpen ? [[letter, atMs] as const] : []));
}

/** Those that are due now. */
export function dueLetters(desk: Desk, nowMs: number): readonly Letter[] {
  return dueTimes(desk).flatMap(([letter, atMs]) => (atMs <= nowMs ? [letter] : []));
}

/** When the first one that is not due yet will be; null for none. */
export function nextDueAtMs(desk: Desk, nowMs: number): number | null {
  const later = dueTimes(desk).flatMap(([, atMs]) => (atMs > nowMs ? [atMs] : []));
  return later.length === 0 ? null : Math.min(...later);
}
