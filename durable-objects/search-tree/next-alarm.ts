import { GRACE_MS } from "./departure.ts";
import { type SearchCondition, WATCHDOG_PERIOD_MS } from "./watchdog.ts";

/** Everything that may make a search's object get up, each as it is now. */
export interface Duties {
  readonly condition: Pick<SearchCondition, "hasStarted" | "hasEnded" | "isDelivered">;
  /** When the last of those who waited went away; null while nobody has, or somebody came since. */
  readonly leftAtMs: number | null;
  /** Deliveries in a row that failed. */
  readonly failedDeliveries: number;
  /** When the next thing is to be told or erased that is not due yet; null for none. */
  readonly nextDueAtMs: number | null;
}

/** Of a search that is about to begin. */
export const FIRST_DUTIES: Duties = {
  condition: { hasStarted: true, hasEnded: false, isDelivered: false },
  leftAtMs: null,
  failedDeliveries: 0,
  nextDueAtMs: null,
};

/** Of all duties the first; null: the object sleeps for good. The one place that says when an alarm is to ring. */
export function nextAlarmAtMs({ condition, leftAtMs, failedDeliveries, nextDueAtMs }: Duties, nowMs: number) {
  const { hasStarted, hasEnded, isDelivered } = condition;
  if (!hasStarted) return null;
  if (hasEnded && isDelivered) return nextDueAtMs === null ? null : Math.max(nowMs, nextDueAtMs);
  if (hasEnded) return nowMs + retryDelayMs(failedDeliveries);
  const departureMs = leftAtMs === null || leftAtMs + GRACE_MS <= nowMs ? Infinity : leftAtMs + GRACE_MS;
  return Math.min(nowMs + WATCHDOG_PERIOD_MS, departureMs);
}

const LONGEST_RETRY_MS = 10 * 60_000;

/** After so many failures in a row, from 0: 15 s, doubled with each, ten minutes at most. */
export function retryDelayMs(failures: number): number {
  return Math.min(LONGEST_RETRY_MS, WATCHDOG_PERIOD_MS * 2 ** Math.max(0, failures - 1));
}

export type AlarmChange = { readonly type: "keep" | "delete" } | { readonly type: "set"; readonly atMs: number };

/**
 * What is to be done about the alarm, `setAtMs` being when it is set for. Each setting is a row written: while the search
 * runs, an alarm that rings earlier is left to ring, and asks again. One that would only wake an object that has nothing
 * to do costs more than that.
 */
export function alarmChange(duties: Duties, setAtMs: number | null, nowMs: number): AlarmChange {
  const atMs = nextAlarmAtMs(duties, nowMs);
  if (atMs === null) return { type: setAtMs === null ? "keep" : "delete" };
  const { hasEnded, isDelivered } = duties.condition;
  const isExact = hasEnded && isDelivered;
  const isKept = setAtMs !== null && (isExact ? setAtMs === atMs : setAtMs >= nowMs && setAtMs <= atMs);
  return isKept ? { type: "keep" } : { type: "set", atMs };
}
