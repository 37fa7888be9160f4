import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  CLEARANCE_MS,
  type Desk,
  dueLetters,
  dueTimes,
  type Letter,
  nextDueAtMs,
} from "../../../durable-objects/search-tree/letters.ts";
import type { Remains } from "../../../durable-objects/search-tree/remains.ts";
import { DEFAULT_RETENTION, retentionEnds } from "../../../src/db/retention.ts";

const ENDED_AT_MS = 1_000_000;
const RETENTION = { treeDays: 1, archiveDays: 2, rowDays: 3 };
const ENDS = retentionEnds(RETENTION, ENDED_AT_MS);
const FIRST_MS = ENDED_AT_MS + 1;

const NOTHING: Remains = {
  retention: null,
  deletedAtMs: null,
  isArchived: false,
  isArchiveErased: false,
  erased: null,
  isRedacted: false,
  isCleared: false,
  areRowsErased: false,
};

function deskWith(desk: Partial<Desk>, remains: Partial<Remains> = {}): Desk {
  return {
    endedAtMs: ENDED_AT_MS,
    isSettled: false,
    isDelivered: false,
    isListed: true,
    hasArchive: true,
    ...desk,
    remains: { ...NOTHING, ...remains },
  };
}

const TOLD = { isSettled: true, isDelivered: true };
const KEPT = { retention: RETENTION, isArchived: true };

/** The desk once that letter was taken. */
function taken(desk: Desk, letter: Letter): Desk {
  const remains = (change: Partial<Remains>): Desk => ({ ...desk, remains: { ...desk.remains, ...change } });
  switch (letter) {
    case "retention":
      return remains({ retention: RETENTION });
    case "settlement":
      return { ...desk, isSettled: true };
    case "rows":
      return { ...desk, isDelivered: true };
    case "archive":
      return remains({ isArchived: true });
    case "listing":
      return { ...desk, isListed: true };
    case "redaction":
      return remains({ isRedacted: true });
    case "clearance":
      return remains({ isCleared: true });
    case "archive-erasure":
      return remains({ isArchiveErased: true });
    case "tree-erasure":
      return { ...remains({ erased: { searchId: "srch_1", endedAtMs: ENDED_AT_MS } }), isListed: false };
    case "row-erasure":
      return remains({ areRowsErased: true });
    case "forgetting":
      return { ...desk, endedAtMs: null };
  }
}

describe("what is due", () => {
  test("is nothing while the search runs", () => {
    expect(dueTimes(deskWith({ endedAtMs: null }, { deletedAtMs: 5 }))).toEqual([]);
  });

  test("is to tell everybody, once it has ended; the archive once its tenant has said that there is to be one", () => {
    expect(dueLetters(deskWith({}), FIRST_MS)).toEqual(["retention", "settlement", "rows"]);
    expect(dueLetters(deskWith(TOLD, { retention: RETENTION }), FIRST_MS)).toEqual(["archive"]);
    expect(dueLetters(deskWith(TOLD, { retention: { ...RETENTION, archiveDays: 0 } }), FIRST_MS)).toEqual([]);
    expect(dueLetters(deskWith({ ...TOLD, hasArchive: false }, { retention: RETENTION }), FIRST_MS)).toEqual([]);
  });

  test("is each erasure at the end of its time, and not before", () => {
    const desk = deskWith(TOLD, KEPT);
    expect(nextDueAtMs(desk, FIRST_MS)).toBe(ENDS.treeMs);
    expect(dueLetters(desk, ENDS.treeMs - 1)).toEqual([]);
    expect(dueLetters(desk, ENDS.treeMs)).toEqual(["tree-erasure"]);
    expect(dueLetters(desk, ENDS.archiveMs)).toEqual(["archive-erasure", "tree-erasure"]);
    expect(dueLetters(desk, ENDS.rowsMs)).toEqual(["archive-erasure", "tree-erasure", "row-erasure"]);
  });

  test("is never the tree's erasure before all have been told what it says, however late it is", () => {
    for (const untold of [{ isSettled: false }, { isDelivered: false }]) {
      expect(dueLetters(deskWith({ ...TOLD, ...untold }, KEPT), ENDS.rowsMs)).not.toContain("tree-erasure");
    }
    expect(dueLetters(deskWith(TOLD, { retention: RETENTION }), ENDS.rowsMs)).not.toContain("tree-erasure");
  });

  test("of a deleted search is its erasure at once, after its money is settled", () => {
    const deleted = { ...KEPT, deletedAtMs: FIRST_MS };
    expect(dueLetters(deskWith({}, deleted), FIRST_MS)).toEqual(["settlement", "redaction", "archive-erasure"]);
    const redacted = { ...deleted, isRedacted: true, isArchiveErased: true };
    expect(dueLetters(deskWith({ isSettled: true }, redacted), FIRST_MS)).toEqual(["tree-erasure"]);
  });

  test("of a deleted search is once more to clear away what came late, also from an archive that nobody noted", () => {
    const erased = { searchId: "srch_1", endedAtMs: ENDED_AT_MS };
    const remains = { retention: RETENTION, deletedAtMs: FIRST_MS, isRedacted: true, isArchiveErased: true, erased };
    const desk = deskWith({ isSettled: true }, remains);
    expect(nextDueAtMs(desk, FIRST_MS)).toBe(FIRST_MS + CLEARANCE_MS);
    expect(dueLetters(desk, FIRST_MS + CLEARANCE_MS)).toEqual(["clearance"]);
    expect(dueLetters(deskWith({}, { ...remains, isArchiveErased: false }), FIRST_MS)).toContain("archive-erasure");
  });
});

const anyDesk = fc
  .record({
    isSettled: fc.boolean(),
    isDelivered: fc.boolean(),
    isListed: fc.boolean(),
    hasArchive: fc.boolean(),
    isArchived: fc.boolean(),
    deletedAtMs: fc.option(fc.integer({ min: 0, max: 2 * ENDED_AT_MS })),
    treeDays: fc.integer({ min: 1, max: 9 }),
    archiveDays: fc.integer({ min: 0, max: 9 }),
    rowDays: fc.integer({ min: 1, max: 9 }),
  })
  .map(({ isArchived, deletedAtMs, treeDays, archiveDays, rowDays, ...desk }) =>
    deskWith(desk, { isArchived, deletedAtMs, retention: { treeDays, archiveDays, rowDays } }),
  );

test("whatever is taken in whatever order, everything is written once and nothing is left in the end", () => {
  fc.assert(
    fc.property(anyDesk, fc.infiniteStream(fc.nat()), (start, choices) => {
      let desk = start;
      let nowMs = ENDED_AT_MS;
      const written: Letter[] = [];
      for (let steps = 0; steps < 40 && desk.endedAtMs !== null; steps++) {
        const due = dueLetters(desk, nowMs);
        const letter = due[(choices.next().value ?? 0) % Math.max(1, due.length)];
        if (letter === undefined) {
          const nextMs = nextDueAtMs(desk, nowMs);
          expect(nextMs, "a search that is not forgotten has something to come").not.toBe(null);
          nowMs = nextMs ?? nowMs;
        } else {
          written.push(letter);
          desk = taken(desk, letter);
        }
      }
      expect(desk.endedAtMs).toBe(null);
      const once = written.filter((letter) => letter !== "listing");
      expect(new Set(once).size).toBe(once.length);
      expect(written.at(-1)).toBe("forgetting");
      expect(written).toContain("tree-erasure");
      if (start.remains.isArchived) expect(written).toContain("archive-erasure");
    }),
  );
});

test("an idempotency key finds its search for a day at least", () => {
  expect(DEFAULT_RETENTION.treeDays).toBeGreaterThanOrEqual(1);
});
