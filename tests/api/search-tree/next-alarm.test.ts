import { describe, expect, test } from "vitest";
import { GRACE_MS } from "../../../durable-objects/search-tree/departure.ts";
import {
  alarmChange,
  type Duties,
  FIRST_DUTIES,
  nextAlarmAtMs,
  retryDelayMs,
} from "../../../durable-objects/search-tree/next-alarm.ts";
import { WATCHDOG_PERIOD_MS } from "../../../durable-objects/search-tree/watchdog.ts";

const NOW_MS = 1_000_000;
const NEVER_STARTED = { hasStarted: false, hasEnded: false, isDelivered: true };
const RUNNING = { hasStarted: true, hasEnded: false, isDelivered: true };
const UNTOLD = { hasStarted: true, hasEnded: true, isDelivered: false };
const TOLD = { hasStarted: true, hasEnded: true, isDelivered: true };

describe("the next alarm", () => {
  test.each<[string, Partial<Duties>, number | null]>([
    ["is none for a search that never began", { condition: NEVER_STARTED }, null],
    ["is the watchdog's while it runs (I5)", { condition: RUNNING }, NOW_MS + WATCHDOG_PERIOD_MS],
    ["is none where nothing is ever due any more", { condition: TOLD }, null],
    ["is the first erasure's once all is told", { condition: TOLD, nextDueAtMs: NOW_MS + 9e9 }, NOW_MS + 9e9],
    ["is at once for what is overdue", { condition: TOLD, nextDueAtMs: NOW_MS - 5 }, NOW_MS],
    ["is a retry's where somebody does not take it", { condition: UNTOLD, failedDeliveries: 3 }, NOW_MS + 60_000],
    ["is in time for those who left", { condition: RUNNING, leftAtMs: NOW_MS - 5000 }, NOW_MS - 5000 + GRACE_MS],
    [
      "is the watchdog's again once they have been waited for",
      { condition: RUNNING, leftAtMs: NOW_MS - GRACE_MS },
      NOW_MS + WATCHDOG_PERIOD_MS,
    ],
  ])("%s", (_name, duties, expected) => {
    expect(nextAlarmAtMs({ ...FIRST_DUTIES, ...duties }, NOW_MS)).toBe(expected);
  });

  test("backs off from a D1 that is out of order, ten minutes at most", () => {
    expect([0, 1, 2, 3, 4, 99].map(retryDelayMs)).toEqual([15_000, 15_000, 30_000, 60_000, 120_000, 600_000]);
  });
});

describe("the alarm", () => {
  const running = { ...FIRST_DUTIES, condition: RUNNING };
  const told = { ...FIRST_DUTIES, condition: TOLD, nextDueAtMs: NOW_MS + 9e9 };

  test("is set where there is none, also where it was lost", () => {
    expect(alarmChange(running, null, NOW_MS)).toEqual({ type: "set", atMs: NOW_MS + WATCHDOG_PERIOD_MS });
  });

  test("is not written anew by everybody who asks after a running search", () => {
    expect(alarmChange(running, NOW_MS + 1, NOW_MS)).toEqual({ type: "keep" });
  });

  test("that should have rung is set anew, and so is one that would ring too late", () => {
    expect(alarmChange(running, NOW_MS - 1, NOW_MS).type).toBe("set");
    expect(alarmChange(running, NOW_MS + 60_000, NOW_MS).type).toBe("set");
  });

  test("of a search that is told does not ring for nothing", () => {
    expect(alarmChange(told, NOW_MS + 1, NOW_MS)).toEqual({ type: "set", atMs: NOW_MS + 9e9 });
    expect(alarmChange(told, NOW_MS + 9e9, NOW_MS)).toEqual({ type: "keep" });
    expect(alarmChange({ ...told, nextDueAtMs: null }, NOW_MS + 1, NOW_MS)).toEqual({ type: "delete" });
    expect(alarmChange({ ...told, nextDueAtMs: null }, null, NOW_MS)).toEqual({ type: "keep" });
  });
});
