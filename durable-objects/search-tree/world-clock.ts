import type { Clock } from "../../src/core/clock.ts";

/** The real clock. In production `Date.now()` stands still between I/O events (PLATFORM.md A1). */
export const worldClock: Clock = {
  now: () => Date.now(),
  schedule: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
