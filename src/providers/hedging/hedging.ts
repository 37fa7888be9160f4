import type { LatencyWindow } from "../latency.ts";
import type { HedgeSettings } from "./settings.ts";

/**
 * "The Tail at Scale" (Dean and Barroso 2013): a call that takes longer than most is made once more, elsewhere if possible, and
 * whoever answers first is heard.
 */

/**
 * Only so many times the median is a straggler: where durations are much alike, the 95th percentile lies within their noise,
 * and one call in twenty would be made twice for nothing.
 */
const LEAST_MEDIANS = 1.5;

/**
 * How long after it was sent a call counts as slow, in ms; null while nobody can tell. For a hedge the medians alone count: the
 * quantile of a few calls is nearly their maximum, and waiting for it twice makes the tail.
 */
export function hedgeDelayMs(latencies: LatencyWindow, settings: HedgeSettings, isOfHedge = false): number | null {
  const slow = latencies.quantile(settings.quantile, settings.minimumCalls);
  const median = latencies.quantile(0.5, settings.minimumCalls);
  if (slow === null || median === null) return null;
  return isOfHedge ? LEAST_MEDIANS * median : Math.max(slow, LEAST_MEDIANS * median);
}

/** How many hedges a search may make. */
export interface HedgeAllowance {
  /** A call was made that is no hedge. */
  earn(): void;
  readonly has: boolean;
  /** One was made. */
  take(): void;
}

export function createHedgeAllowance({ share, burst }: HedgeSettings): HedgeAllowance {
  let left = burst;
  return {
    earn: () => {
      left += share;
    },
    get has() {
      return left >= 1;
    },
    take: () => {
      left -= 1;
    },
  };
}
