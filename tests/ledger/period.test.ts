import fc from "fast-check";
import { expect, test } from "vitest";
import { isTimeZone, type Period, windowAt } from "../../src/ledger/period.ts";
import { placeAt } from "./auditor.ts";

const FIRST_MS = Date.UTC(2024, 0, 1);
const YEARS_MS = Date.UTC(2034, 0, 1) - FIRST_MS;
const ALL_TIME_ZONES = Intl.supportedValuesOf("timeZone");
/** All of them, but for mutation testing, which runs this a thousand times. */
const TIME_ZONES = ALL_TIME_ZONES.filter((_, index) => index % Number(process.env.TIME_ZONE_STRIDE ?? 1) === 0);
const UNITS = ["day", "week", "month"] as const;
const iso = (ms: number) => new Date(ms).toISOString();

test.each([
  [
    "a day of 23 hours",
    "day",
    "Europe/Berlin",
    "2026-03-29T12:00Z",
    "2026-03-28T23:00:00.000Z",
    "2026-03-29T22:00:00.000Z",
  ],
  [
    "a day of 25 hours",
    "day",
    "America/New_York",
    "2026-11-01T12:00Z",
    "2026-11-01T04:00:00.000Z",
    "2026-11-02T05:00:00.000Z",
  ],
  [
    "a day whose midnight does not exist",
    "day",
    "America/Sao_Paulo",
    "2018-11-04T12:00Z",
    "2018-11-04T03:00:00.000Z",
    "2018-11-05T02:00:00.000Z",
  ],
  [
    "the day before one that never was",
    "day",
    "Pacific/Apia",
    "2011-12-30T09:00Z",
    "2011-12-29T10:00:00.000Z",
    "2011-12-30T10:00:00.000Z",
  ],
  [
    "a week from Monday on",
    "week",
    "Asia/Tokyo",
    "2026-11-22T12:00Z",
    "2026-11-15T15:00:00.000Z",
    "2026-11-22T15:00:00.000Z",
  ],
  [
    "a February of a leap year",
    "month",
    "UTC",
    "2028-02-29T23:59Z",
    "2028-02-01T00:00:00.000Z",
    "2028-03-01T00:00:00.000Z",
  ],
] as const)("%s", (_, unit, timeZone, at, start, end) => {
  const { startMs, endMs, countsFromMs, countsToMs } = windowAt({ type: "calendar", unit, timeZone }, Date.parse(at));
  expect([iso(startMs), iso(endMs)]).toEqual([start, end]);
  expect([countsFromMs, countsToMs]).toEqual([startMs, endMs]);
});

test("the months of ten years tile time in every time zone, each beginning with a new month there (I18)", () => {
  expect(ALL_TIME_ZONES.length).toBeGreaterThan(400);
  for (const timeZone of TIME_ZONES) {
    const period: Period = { type: "calendar", unit: "month", timeZone };
    let { startMs, endMs } = windowAt(period, FIRST_MS);
    for (let month = 0; month < 120; month++) {
      expect(placeAt(period, endMs)).not.toBe(placeAt(period, endMs - 1));
      expect(placeAt(period, endMs - 1)).toBe(placeAt(period, startMs));
      ({ startMs, endMs } = adjoining(period, endMs));
    }
    expect(startMs).toBeGreaterThan(FIRST_MS + YEARS_MS - 32 * 86_400_000);
  }
});

test("days, weeks and months hold the moments that the calendar there says, at any moment in any time zone (I18)", () => {
  const anyTimeZone = fc.constantFrom(...TIME_ZONES);
  const anyMoment = fc.integer({ min: FIRST_MS, max: FIRST_MS + YEARS_MS });
  fc.assert(
    fc.property(anyTimeZone, fc.constantFrom(...UNITS), anyMoment, (timeZone, unit, nowMs) => {
      const period: Period = { type: "calendar", unit, timeZone };
      const { startMs, endMs } = windowAt(period, nowMs);
      const place = placeAt(period, nowMs);
      expect(startMs).toBeLessThanOrEqual(nowMs);
      expect(endMs).toBeGreaterThan(nowMs);
      expect([placeAt(period, startMs), placeAt(period, endMs - 1)]).toEqual([place, place]);
      expect(placeAt(period, startMs - 1)).not.toBe(place);
      expect(placeAt(period, endMs)).not.toBe(place);
    }),
    { numRuns: 3000 },
  );
});

test("every day of ten years begins once where the clocks change at midnight, by half an hour or twice a year (I18)", () => {
  for (const timeZone of [
    "Asia/Beirut",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Atlantic/Azores",
  ]) {
    const period: Period = { type: "calendar", unit: "day", timeZone };
    let { endMs } = windowAt(period, FIRST_MS);
    for (let day = 0; day < 3650; day++) {
      expect(placeAt(period, endMs)).not.toBe(placeAt(period, endMs - 1));
      ({ endMs } = adjoining(period, endMs));
    }
  }
});

function adjoining(period: Period, startMs: number) {
  const window = windowAt(period, startMs);
  expect(window.startMs).toBe(startMs);
  return window;
}

test("a rolling window counts what is younger than its length, and nothing older than a sixtieth more", () => {
  const anyLength = fc.integer({ min: 1, max: 366 * 86_400_000 });
  const anyMoment = fc.integer({ min: FIRST_MS, max: FIRST_MS + YEARS_MS });
  fc.assert(
    fc.property(anyLength, anyMoment, fc.nat(), (lengthMs, admittedAtMs, laterMs) => {
      const period: Period = { type: "rolling", lengthMs };
      const { startMs, endMs } = windowAt(period, admittedAtMs);
      expect(startMs).toBeLessThanOrEqual(admittedAtMs);
      expect(endMs).toBeGreaterThan(admittedAtMs);
      const { countsFromMs, countsToMs } = windowAt(period, admittedAtMs + laterMs);
      const isCounted = startMs >= countsFromMs && startMs < countsToMs;
      const sliceMs = Math.ceil(lengthMs / 60);
      if (laterMs <= lengthMs) expect(isCounted).toBe(true);
      if (laterMs > 61 * sliceMs) expect(isCounted).toBe(false);
    }),
  );
  expect(windowAt({ type: "rolling", lengthMs: 6000 }, 12_345)).toMatchObject({
    startMs: 12_300,
    endMs: 12_400,
    countsFromMs: 6300,
  });
});

test("a lifetime has one window, from the first moment to the last", () => {
  const { startMs, endMs, countsFromMs, countsToMs } = windowAt({ type: "lifetime" }, FIRST_MS);
  expect([startMs, countsFromMs]).toEqual([0, 0]);
  expect([endMs, countsToMs]).toEqual([8.64e15, 8.64e15]);
});

test("a time zone is one that the runtime knows", () => {
  expect(["UTC", "Europe/Berlin", "Asia/Kathmandu"].map(isTimeZone)).toEqual([true, true, true]);
  expect(["Middle/Earth", "", "Europe"].map(isTimeZone)).toEqual([false, false, false]);
});
