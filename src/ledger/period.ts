import { Temporal } from "temporal-polyfill";

/**
 * Over what time a budget counts. It never changes in the life of a budget: another period is another budget.
 * - `calendar`: from the first instant of a day, ISO week (Monday) or month in a time zone to the next one's. With
 *   daylight saving a day has 23 to 25 hours; where midnight does not exist, the day begins at its first instant.
 * - `rolling`: the last `lengthMs` at least, and at most a sixtieth more: money is counted in slices of that size, so
 *   that a budget keeps some sixty rows however many searches there are, and never forgets any too early.
 * - `lifetime`: for ever.
 */
export type Period =
  | { readonly type: "calendar"; readonly unit: "day" | "week" | "month"; readonly timeZone: string }
  | { readonly type: "rolling"; readonly lengthMs: number }
  | { readonly type: "lifetime" };

/** Half-open ranges of milliseconds since 1970. The windows of a period tile time. */
export interface Window {
  /** What is admitted within [startMs, endMs) is posted under `startMs`, however late it is settled (I18). */
  readonly startMs: number;
  readonly endMs: number;
  /** What was posted under a start in [countsFromMs, countsToMs) counts against the budget. */
  readonly countsFromMs: number;
  readonly countsToMs: number;
}

const ROLLING_SLICES = 60;
/** The last instant of ECMAScript's time. */
const END_OF_TIME_MS = 8_640_000_000_000_000;

/** `nowMs` is an integer, 0 or later. */
export function windowAt(period: Period, nowMs: number): Window {
  switch (period.type) {
    case "lifetime":
      return { startMs: 0, endMs: END_OF_TIME_MS, countsFromMs: 0, countsToMs: END_OF_TIME_MS };
    case "rolling": {
      const sliceMs = Math.ceil(period.lengthMs / ROLLING_SLICES);
      const startMs = Math.floor(nowMs / sliceMs) * sliceMs;
      // A clock that was ahead has left slices of the future; they are young money as much as today's.
      const countsFromMs = startMs - ROLLING_SLICES * sliceMs;
      return { startMs, endMs: startMs + sliceMs, countsFromMs, countsToMs: END_OF_TIME_MS };
    }
    case "calendar": {
      const first = firstDay(period.unit, dateAt(period.timeZone, nowMs));
      const startMs = startOf(first, period.timeZone);
      const endMs = startOf(first.add(LENGTHS[period.unit]), period.timeZone);
      return { startMs, endMs, countsFromMs: startMs, countsToMs: endMs };
    }
  }
}

/** Does the runtime know this IANA time zone? */
export function isTimeZone(name: string): boolean {
  try {
    dateAt(name, 0);
    return true;
  } catch {
    return false;
  }
}

const LENGTHS = { day: { days: 1 }, week: { days: 7 }, month: { months: 1 } } as const;

function firstDay(unit: "day" | "week" | "month", date: Temporal.PlainDate): Temporal.PlainDate {
  switch (unit) {
    case "day":
      return date;
    case "week":
      return date.subtract({ days: date.dayOfWeek - 1 });
    case "month":
      return date.with({ day: 1 });
  }
}

function dateAt(timeZone: string, nowMs: number): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timeZone).toPlainDate();
}

function startOf(date: Temporal.PlainDate, timeZone: string): number {
  return date.toZonedDateTime(timeZone).epochMilliseconds;
}
