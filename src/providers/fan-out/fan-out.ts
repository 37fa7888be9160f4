import { type CancelSignal, createCanceller } from "../../core/cancellation.ts";
import type { Clock } from "../../core/clock.ts";
import type { Fetch } from "../egress.ts";
import { createLanes, type Gate, HEADER_SLOTS, type Lane, type Lanes, type Slot } from "../gate.ts";
import { type Connection, remoteFetch } from "./remote-fetch.ts";

/** Another invocation that makes calls for this one, with six connections of its own. */
export interface Outlet {
  /** Resolves when a slot is granted there. Rejects where the outlet cannot be had. */
  open(): Promise<Connection>;
}

export interface FanOutOptions {
  /** The outlets towards a provider; asked for once per provider. */
  readonly outletsOf: (provider: string) => readonly Outlet[];
  /** Calls of this object at once to a provider, from leaving to the end of the answer; null for no bound. */
  readonly mostInFlight: (provider: string) => number | null;
  readonly clock: Clock;
  /** How calls leave from here; null for the caller's own `fetch`. */
  readonly ownFetch?: Fetch | null;
  /** Slots of this very invocation. */
  readonly ownSlots?: number;
}

/**
 * The gate of an object with outlets: a call goes out from here while one of the six slots is free and by an outlet where
 * it would have to wait for one. An outlet's own slots are granted by the outlet, since other searches ask it, too; a call
 * counts as begun, and its timeouts start, only then. An outlet that fails is no failure of the call: it goes another way.
 */
export function createFanOut({
  outletsOf,
  mostInFlight,
  clock,
  ownFetch = null,
  ownSlots = HEADER_SLOTS,
}: FanOutOptions): Gate {
  const own = createOwnSlots(ownSlots);
  const routes = new Map<string, Route>();
  const routeTo = (provider: string): Route => {
    let route = routes.get(provider);
    if (route === undefined) {
      route = createRoute(outletsOf(provider), mostInFlight(provider));
      routes.set(provider, route);
    }
    return route;
  };
  return {
    acquire: async (signal, provider) => {
      const { bound, outlets } = routeTo(provider);
      const place = bound === null ? NO_BOUND : await bound.acquire(signal, provider);
      if (place === null) return null;
      const slot = await (outlets === null
        ? own.acquire(signal, provider)
        : firstSlot(own, outlets, clock, signal, provider));
      if (slot === null) {
        place.release();
        return null;
      }
      const close = () => {
        slot.close();
        place.release();
      };
      return { fetch: slot.fetch ?? ownFetch, release: slot.release, close };
    },
  };
}

interface Route {
  readonly bound: Lanes | null;
  /** Null where there are none. */
  readonly outlets: OutletPool | null;
}

function createRoute(outlets: readonly Outlet[], mostInFlight: number | null): Route {
  return {
    bound: mostInFlight === null ? null : createLanes([mostInFlight], false),
    outlets: outlets.length === 0 ? null : createOutletPool(outlets),
  };
}

const NO_BOUND: Pick<Lane, "release"> = { release: () => {} };

/**
 * How long none of our own slots may come free before a call that waits for one asks outlets: providers that send their
 * headers at once keep freeing them, and outlets that run cost money (PLATFORM.md, A9).
 */
const PATIENCE_MS = 10;
/** Woken so late, we were busy ourselves, and headers lie there unread: thirty-two requests take longer to make than that. */
const LATE_MS = 5;
/** However much moves: slots that come free one by one would keep a wide search waiting. */
const MOST_WAITS = 5;

interface OwnSlots extends Gate {
  /** Slots given back so far. */
  readonly freed: number;
}

function createOwnSlots(slots: number): OwnSlots {
  const lanes = createLanes([slots], true);
  let freed = 0;
  return {
    acquire: async (signal, provider) => {
      const lane = await lanes.acquire(signal, provider);
      if (lane === null) return null;
      let isFree = false;
      const release = () => {
        if (!isFree) freed++;
        isFree = true;
        lane.release();
      };
      return { fetch: null, release, close: release };
    },
    get freed() {
      return freed;
    },
  };
}

async function untilStuck(own: OwnSlots, clock: Clock, signal: CancelSignal): Promise<void> {
  for (let waits = 0; waits < MOST_WAITS && !signal.aborted; waits++) {
    const { freed } = own;
    const dueAtMs = clock.now() + PATIENCE_MS;
    await sleep(PATIENCE_MS, clock, signal);
    if (own.freed === freed && clock.now() - dueAtMs < LATE_MS) return;
  }
}

/** One of our own slots or one of an outlet's, whichever comes first. */
async function firstSlot(
  own: OwnSlots,
  outlets: OutletPool,
  clock: Clock,
  signal: CancelSignal,
  provider: string,
): Promise<Slot | null> {
  const waiting = createCanceller();
  signal.addEventListener("abort", waiting.cancel);
  const here = own.acquire(waiting.signal, provider);
  const there = untilStuck(own, clock, waiting.signal).then(() => outlets.acquire(waiting.signal));
  const winner = await firstOf([here, there]);
  signal.removeEventListener("abort", waiting.cancel);
  waiting.cancel();
  // One that was granted all the same goes back at once.
  for (const runner of [here, there]) {
    runner.then((slot) => {
      if (slot !== winner) slot?.close();
    });
  }
  return winner;
}

/** Resolves early when cancelled. */
function sleep(delayMs: number, clock: Clock, signal: CancelSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const wake = () => {
      signal.removeEventListener("abort", wake);
      cancelTimer();
      resolve();
    };
    const cancelTimer = clock.schedule(delayMs, wake);
    signal.addEventListener("abort", wake);
  });
}

/** The first that is not null; null when all are. */
function firstOf<Value>(promises: readonly Promise<Value | null>[]): Promise<Value | null> {
  return new Promise((resolve) => {
    let open = promises.length;
    for (const promise of promises) {
      promise.then((value) => {
        open--;
        if (value !== null || open === 0) resolve(value);
      });
    }
  });
}

interface OutletPool {
  /** Null when cancelled, or when there is no outlet that works. */
  acquire(signal: CancelSignal): Promise<Slot | null>;
}

/** What one search asks of an outlet at once is what one invocation can do. */
function createOutletPool(outlets: readonly Outlet[]): OutletPool {
  const lanes = createLanes(
    // Lane 0 would be filled first; outlets are to share the load.
    [0, ...outlets.map(() => HEADER_SLOTS)],
    false,
  );
  return {
    acquire: async (signal) => {
      const lane = await lanes.acquire(signal, "");
      if (lane === null) return null;
      const outlet = outlets[lane.index - 1];
      const connection = await outlet?.open().catch(() => null);
      if (connection === null || connection === undefined) {
        lane.release();
        return null;
      }
      const hangUp = () => {
        lane.release();
        connection[Symbol.dispose]();
      };
      if (signal.aborted) {
        hangUp();
        return null;
      }
      return { fetch: remoteFetch(connection), release: lane.release, close: hangUp };
    },
  };
}
