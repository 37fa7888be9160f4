import type { Random } from "../../src/core/random.ts";

/** How one life of the process ends. */
export type Death =
  /** So long after it listens, whatever it is doing. */
  | { readonly type: "instant"; readonly afterMs: number }
  /** In the turn in which it comes to this cut point, after so many passes; if it does not in time, then. */
  | { readonly type: "cut-point"; readonly point: number; readonly passes: number };

/** Of a life that waits for its cut point. */
export const LONGEST_LIFE_MS = 3000;
const INSTANT_MS = { least: 50, most: 2500 };
const MOST_PASSES = 3;

/**
 * One in three at a random instant, the others at a cut point: one that was seen and has not been tried yet, as long as there
 * is any; then any. `seen` are the points that lives so far have come to, `tried` those that one was to die at: some are come to
 * in the first life alone.
 */
export function nextDeath(random: Random, count: number, seen: ReadonlySet<number>, tried: ReadonlySet<number>): Death {
  const fresh = [...seen].filter((point) => !tried.has(point));
  const points = fresh.length > 0 ? fresh : [...seen];
  const point = points[random.integer(Math.max(1, points.length))];
  if (point === undefined || count % 3 === 0) {
    return { type: "instant", afterMs: INSTANT_MS.least + random.integer(INSTANT_MS.most - INSTANT_MS.least) };
  }
  // A point that is passed once in a life is not passed three times: the first try is the sure one.
  return { type: "cut-point", point, passes: fresh.length > 0 ? 0 : random.integer(MOST_PASSES) };
}
