import type { Clock } from "../../src/core/clock.ts";
import { insertRunningSearch, type RunningSearch } from "../../src/db/running-searches.ts";
import type { OnDisconnect } from "../../src/search-object.ts";

/**
 * D1's list of running searches: what the sweeper finds those by whose alarm was lost. Nobody waits for it, and where D1
 * does not take it the next look of the watchdog tries again.
 */
export interface Registration {
  /** Once in an object's life; asked again it does nothing. */
  enter(row: RunningSearch, onDisconnect: OnDisconnect): void;
  /** The search has ended, which takes it off the list. */
  leave(): void;
}

/** Most searches without a tree are over by then, and cost D1 nothing. */
const PAUSE_MS = 2000;

/** A search that nobody may be waiting for is entered at once, any other only when it goes on for a while. */
export function pauseMsOf(onDisconnect: OnDisconnect): number {
  return onDisconnect === "finish" ? 0 : PAUSE_MS;
}

export function createRegistration(
  database: D1Database,
  clock: Clock,
  keepAlive: (work: Promise<unknown>) => void,
): Registration {
  let isEntered = false;
  let cancelTimer = (): void => {};
  const enter = (row: RunningSearch): void => {
    const failed = (error: unknown): void => {
      isEntered = false;
      console.warn(`search ${row.id}: not among the running ones yet:`, error instanceof Error ? error.message : error);
    };
    keepAlive(insertRunningSearch(database, row).catch(failed));
  };
  return {
    enter: (row, onDisconnect) => {
      if (isEntered) return;
      isEntered = true;
      const pauseMs = pauseMsOf(onDisconnect);
      if (pauseMs === 0) enter(row);
      else cancelTimer = clock.schedule(pauseMs, () => enter(row));
    },
    leave: () => cancelTimer(),
  };
}
