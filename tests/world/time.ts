import type { Clock } from "../../src/core/clock.ts";

/** Virtual time: nothing happens by itself; `run` fires what is due, in order, until the promise settles. */
export interface VirtualTime extends Clock {
  run<T>(promise: Promise<T>): Promise<T>;
}

/** With `isReversedWithinInstant`, what is due at one instant fires last-scheduled first. */
export function createVirtualTime(isReversedWithinInstant = false, startMs = 1_000_000): VirtualTime {
  let nowMs = startMs;
  let serial = 0;
  const timers: { atMs: number; serial: number; callback: () => void }[] = [];
  return {
    now: () => nowMs,
    schedule: (delayMs, callback) => {
      const timer = { atMs: nowMs + delayMs, serial: serial++, callback };
      timers.push(timer);
      return () => {
        const index = timers.indexOf(timer);
        if (index >= 0) timers.splice(index, 1);
      };
    },
    run: async (promise) => {
      let isSettled = false;
      const settled = promise.finally(() => {
        isSettled = true;
      });
      settled.catch(() => undefined);
      for (;;) {
        // A macrotask: every microtask that the last timer caused has run by then.
        await new Promise((resolve) => setImmediate(resolve));
        if (isSettled) return settled;
        timers.sort((a, b) => a.atMs - b.atMs || a.serial - b.serial);
        const first = timers[0];
        if (first === undefined) throw new Error("virtual time: nothing is due and the promise has not settled");
        // All that is due at one instant fires together: a batch, as far as the loop can see.
        nowMs = Math.max(nowMs, first.atMs);
        const due = timers.splice(0, timers.filter(({ atMs }) => atMs <= nowMs).length);
        for (const timer of isReversedWithinInstant ? due.reverse() : due) timer.callback();
      }
    },
  };
}
