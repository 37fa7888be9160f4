import type { SearchEvent } from "../../src/core/event.ts";
import type { Life } from "./evidence.ts";

/**
 * I5: for each kill, and each search that it caught between its beginning and its end: milliseconds from when the next
 * process listened to the first event in the search's log, in whichever life that was. Nobody asks after searches meanwhile.
 */
export function resumeTimes(lives: readonly Life[], logs: Iterable<readonly SearchEvent[]>): number[] {
  const all = [...logs];
  return lives.flatMap(({ toMs }, index) => {
    const restartMs = lives[index + 1]?.fromMs;
    if (toMs === null || restartMs === undefined) return [];
    return all.flatMap((events) => {
      const at = events.findIndex(({ atMs }) => atMs > toMs);
      const next = at <= 0 ? undefined : events[at];
      return next === undefined ? [] : [Math.max(0, next.atMs - restartMs)];
    });
  });
}

/** The smallest value that at least this share of the values does not pass; 0 of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
