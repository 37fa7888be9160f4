import type { Draft } from "./draft.ts";
import { addNanodollars } from "./money.ts";
import { windowAt } from "./period.ts";
import { emptyWindow, freeIn, type Room, windowBucketId } from "./room.ts";
import type { Budget, Hold, WindowBucket } from "./rows.ts";
import { tellThresholds } from "./thresholds.ts";

/**
 * A lease holds the same amount in every budget of its stack: in the window at admission first, in top-ups what the
 * window does not have. It is spent in that order, so what is not spent goes back to the top-ups first.
 */

/** The holds of `nanodollars` more; they must be free. The first is the window's, even where it holds nothing. */
export function holdsFor(budget: Budget, room: Room, nanodollars: number): readonly Hold[] {
  const inWindow = Math.min(nanodollars, Math.max(0, room.inWindow));
  const bucketId = windowBucketId(budget.budgetId, room.window.startMs);
  const holds: Hold[] = [{ bucketId, budgetId: budget.budgetId, held: inWindow, posted: 0 }];
  let rest = nanodollars - inWindow;
  for (const topUp of room.topUps) {
    const held = Math.min(rest, freeIn(topUp));
    if (held > 0) holds.push({ bucketId: topUp.bucketId, budgetId: budget.budgetId, held, posted: 0 });
    rest -= held;
  }
  return holds;
}

/** Grown: what is held in a bucket already is held there in one piece. */
export function joined(holds: readonly Hold[], more: readonly Hold[]): readonly Hold[] {
  const grown = holds.map((hold) => {
    const added = more.find((one) => one.bucketId === hold.bucketId);
    return added === undefined ? hold : { ...hold, held: hold.held + added.held };
  });
  return [...grown, ...more.filter((one) => holds.every((hold) => hold.bucketId !== one.bucketId))];
}

/** Of each budget no more than `nanodollars` held: what was to be spent last is let go. */
export function shrunk(holds: readonly Hold[], nanodollars: number): readonly Hold[] {
  return perBudget(holds, (own) => {
    let rest = nanodollars;
    return own.map((hold) => {
      const held = Math.min(rest, hold.held);
      rest -= held;
      return { ...hold, held };
    });
  });
}

/** With `spent` posted in each budget. What no hold covers is posted where the lease was admitted. */
export function spent(holds: readonly Hold[], nanodollars: number): readonly Hold[] {
  return perBudget(holds, (own) => {
    let rest = nanodollars;
    const posted = own.map((hold) => {
      const part = Math.min(rest, hold.held);
      rest -= part;
      return { ...hold, posted: part };
    });
    return posted.map((hold, index) => (index === 0 ? { ...hold, posted: hold.posted + rest } : hold));
  });
}

function perBudget(holds: readonly Hold[], change: (own: readonly Hold[]) => readonly Hold[]): readonly Hold[] {
  const budgetIds = [...new Set(holds.map((hold) => hold.budgetId))];
  return budgetIds.flatMap((budgetId) => change(holds.filter((hold) => hold.budgetId === budgetId)));
}

/** Brings the buckets from what the lease had in them to what it has now. */
export function moveHolds(draft: Draft, before: readonly Hold[], after: readonly Hold[]): void {
  const nowMs = draft.clock.wallMs;
  for (const hold of after) {
    // Whoever deletes a budget deletes its buckets: a lease that still holds some there ends as if it held none.
    const budget = draft.budget(hold.budgetId);
    const bucket = draft.bucket(hold.bucketId) ?? (budget && startWindow(draft, budget, hold.bucketId));
    if (budget === null || bucket === null) continue;
    const old = before.find((one) => one.bucketId === hold.bucketId) ?? { held: 0, posted: 0 };
    draft.putBucket({
      ...bucket,
      posted: addNanodollars(bucket.posted, hold.posted - old.posted),
      reserved: bucket.reserved + open(hold) - open(old),
    });
    // What ends late counts in its own window, however long that is over; a rolling window is always today's.
    if (bucket.type === "window")
      tellThresholds(draft, budget, budget.period.type === "rolling" ? nowMs : bucket.startMs);
  }
}

function open(hold: Pick<Hold, "held" | "posted">): number {
  return Math.max(0, hold.held - hold.posted);
}

/** The first lease of a window makes its bucket, which is all that a reset is: it happens once, as the id is one. */
function startWindow(draft: Draft, budget: Budget, bucketId: string): WindowBucket | null {
  const { startMs } = windowAt(budget.period, draft.clock.wallMs);
  if (bucketId !== windowBucketId(budget.budgetId, startMs)) return null;
  if (budget.period.type === "calendar") {
    draft.tell({ type: "window-started", budgetId: budget.budgetId, windowStartMs: startMs });
  }
  return emptyWindow(budget.budgetId, startMs);
}
