import type { CancelSignal } from "../core/cancellation.ts";
import type { Fetch } from "./egress.ts";

/**
 * Connections that may wait for response headers in one Workers invocation (PLATFORM.md, A2). The platform queues the
 * seventh silently, and a timeout started before that queue cuts the tail of a wide fan-out. So we queue ourselves and
 * start every timeout after the grant. Local workerd does not enforce the limit: only our gate keeps it.
 */
export const HEADER_SLOTS = 6;

/** Gives something back; calls after the first do nothing. */
export type Release = () => void;

/** Leave for one call to go out. */
export interface Slot {
  /** The way it has to take; null for the caller's own `fetch`. */
  readonly fetch: Fetch | null;
  /** The response headers have come, or never will: the next call may go out. */
  readonly release: Release;
  /** The call is over, body and all. Releases, too. */
  readonly close: Release;
}

/** One per Durable Object instance, shared by every call it makes. */
export interface Gate {
  /**
   * Resolves when `party` (the provider's name; in an outlet the search's) is granted a slot; null when `signal` was
   * aborted first, and then nothing has to be released. First come, first served within a party; parties take turns.
   */
  acquire(signal: CancelSignal, party: string): Promise<Slot | null>;
}

/** The gate of one invocation: every call goes out from here. */
export function createGate(slots: number = HEADER_SLOTS): Gate {
  const lanes = createLanes([slots], true);
  return {
    acquire: async (signal, party) => {
      const lane = await lanes.acquire(signal, party);
      return lane === null ? null : { fetch: null, release: lane.release, close: lane.release };
    },
  };
}

/** Slots in several places, each place with a number of its own. */
export interface Lanes {
  acquire(signal: CancelSignal, party: string): Promise<Lane | null>;
}

export interface Lane {
  /** Index of the place. */
  readonly index: number;
  readonly release: Release;
}

/**
 * `slots[i]` calls at once in lane i. Lane 0 is filled first; of the others the one with most room, so that they share
 * the load. With `isSparing` a party leaves one slot for every other that has ever asked, so that a provider whose
 * headers never come does not stop another: for a handful of parties, since each is remembered.
 */
export function createLanes(slots: readonly number[], isSparing: boolean): Lanes {
  const free = [...slots];
  const total = slots.reduce((sum, one) => sum + one, 0);
  const held = new Map<string, number>();
  // In the order of their turns; a Set keeps the order of arrival and lets a cancelled caller leave from the middle.
  const queues = new Map<string, Set<(lane: Lane) => void>>();

  const grant = (party: string, index: number): Lane => {
    free[index] = (free[index] ?? 0) - 1;
    held.set(party, (held.get(party) ?? 0) + 1);
    let isHeld = true;
    const release = () => {
      if (!isHeld) return;
      isHeld = false;
      free[index] = (free[index] ?? 0) + 1;
      const left = (held.get(party) ?? 0) - 1;
      if (left > 0 || isSparing) held.set(party, left);
      else held.delete(party);
      serve();
    };
    return { index, release };
  };

  /** Hands out all that is free: whoever waits is served before anybody who comes later. */
  const serve = (): void => {
    for (let index = roomiest(free); index !== null; index = roomiest(free)) {
      const most = isSparing ? Math.max(1, total - (held.size - 1)) : total;
      const turn = [...queues].find(([party]) => (held.get(party) ?? 0) < most);
      if (turn === undefined) return;
      const [party, queue] = turn;
      const [enter] = queue;
      queues.delete(party);
      if (enter === undefined) continue;
      queue.delete(enter);
      if (queue.size > 0) queues.set(party, queue);
      enter(grant(party, index));
    }
  };

  return {
    acquire: (signal, party) => {
      if (signal.aborted) return Promise.resolve(null);
      if (isSparing && !held.has(party)) held.set(party, 0);
      return new Promise((resolve) => {
        const leave = () => {
          const queue = queues.get(party);
          queue?.delete(enter);
          if (queue?.size === 0) queues.delete(party);
          resolve(null);
        };
        const enter = (lane: Lane) => {
          signal.removeEventListener("abort", leave);
          resolve(lane);
        };
        const queue = queues.get(party) ?? new Set();
        queue.add(enter);
        queues.set(party, queue);
        signal.addEventListener("abort", leave);
        serve();
      });
    },
  };
}

/** Lane 0 while it has room, else the one with most of it; null where all are full. */
function roomiest(free: readonly number[]): number | null {
  if ((free[0] ?? 0) > 0) return 0;
  let best: number | null = null;
  free.forEach((room, index) => {
    if (room > 0 && (best === null || room > (free[best] ?? 0))) best = index;
  });
  return best;
}
