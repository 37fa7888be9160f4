import type { OnDisconnect } from "../../src/search-object.ts";

/** Who waits for a search: known to the object's memory alone, since whoever still waits after a reset asks again. */
export interface Viewers {
  readonly count: number;
  /** Idempotent: one viewer may ask again. */
  arrive(id: string): void;
  /** Also before its arrival, which may come late and then counts for nothing. */
  leave(id: string): void;
}

export function createViewers(): Viewers {
  const present = new Set<string>();
  const gone = new Set<string>();
  return {
    get count() {
      return present.size;
    },
    arrive: (id) => {
      if (!gone.has(id)) present.add(id);
    },
    leave: (id) => {
      gone.add(id);
      present.delete(id);
    },
  };
}

export interface Departure {
  readonly onDisconnect: OnDisconnect;
  /** Those who still wait. */
  readonly viewers: number;
  /** When the last one left; null while nobody has, or somebody came since. */
  readonly leftAtMs: number | null;
  readonly nowMs: number;
  readonly isCancelled: boolean;
  /** Nobody can ask for it any more. */
  readonly isDeleted?: boolean;
}

/** OpenAI's SDKs repeat a request that broke off after at most 8 s (WIRE.md 1.7); the alarm looks every 15. */
export const GRACE_MS = 12_000;

/**
 * Everybody who waited has gone and none of them came back in time: nobody will read the answer, and whatever is called
 * from now on is paid for nothing (WIRE.md 4.6). Where no departure was ever noticed the search goes on.
 */
export function isAbandoned(departure: Departure): boolean {
  const { onDisconnect, viewers, leftAtMs, nowMs, isCancelled, isDeleted = false } = departure;
  if (isCancelled || viewers > 0) return false;
  if (isDeleted) return true;
  if (onDisconnect === "finish" || leftAtMs === null) return false;
  return nowMs - leftAtMs >= GRACE_MS;
}
