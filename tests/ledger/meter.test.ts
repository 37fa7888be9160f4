import fc from "fast-check";
import { expect, test } from "vitest";
import { EMPTY_METER, fill, giveBack, leak, type Meter, roomIn, waitFor } from "../../src/ledger/meter.ts";

const full = (perMinute: number, atMs: number): Meter => fill(leak(EMPTY_METER, perMinute, atMs), perMinute);

test("a minute's worth passes at once, and the next when its share of the minute is over", () => {
  const meter = full(60, 1000);
  expect(roomIn(meter, 60)).toBe(0);
  expect(waitFor(meter, 60, 1)).toBe(1000);
  expect(waitFor(EMPTY_METER, 60, 59)).toBe(0);
  expect(waitFor(EMPTY_METER, 60, 60)).toBe(0);
  expect(roomIn(leak(meter, 60, 1999), 60)).toBe(0);
  expect(roomIn(leak(meter, 60, 2000), 60)).toBe(1);
  expect(roomIn(leak(meter, 60, 61_000), 60)).toBe(60);
});

test("the wait after a refusal is exact to the millisecond", () => {
  const anyRate = fc.integer({ min: 1, max: 100_000 });
  fc.assert(
    fc.property(anyRate, fc.nat(120_000), fc.nat(), fc.nat(), (perMinute, laterMs, filled, asked) => {
      const units = 1 + (asked % perMinute);
      const meter = leak(fill(leak(EMPTY_METER, perMinute, 5), filled % (2 * perMinute)), perMinute, 5 + laterMs);
      const waitMs = waitFor(meter, perMinute, units);
      expect(roomIn(leak(meter, perMinute, meter.atMs + waitMs), perMinute)).toBeGreaterThanOrEqual(units);
      if (waitMs > 0) {
        expect(roomIn(leak(meter, perMinute, meter.atMs + waitMs - 1), perMinute)).toBeLessThan(units);
      } else {
        expect(roomIn(meter, perMinute)).toBeGreaterThanOrEqual(units);
      }
    }),
  );
});

test("what was used beyond the reservation makes the next ones wait, and there is never less room than none", () => {
  const meter = fill(full(60, 0), 30);
  expect(roomIn(meter, 60)).toBe(0);
  expect(waitFor(meter, 60, 1)).toBe(31_000);
  expect(fill(meter, 1e15).level).toBe(Number.MAX_SAFE_INTEGER);
});

test("an unused reservation comes back at once where the meter never ran empty", () => {
  const meter = giveBack(leak(full(6000, 0), 6000, 10_000), 4000, 0);
  expect(roomIn(meter, 6000)).toBe(5000);
});

test("of an unused reservation that has leaked away nothing comes back: it would let a burst through", () => {
  // Reserved 6,000 of 6,000 at once and used 10. Half a minute later somebody else takes the 3,000 that have leaked.
  const later = fill(leak(full(6000, 0), 6000, 30_000), 3000);
  expect(roomIn(later, 6000)).toBe(0);
  // Had only 10 been reserved, the meter would hold those 3,000 now, and so it does.
  expect(roomIn(giveBack(later, 5990, 0), 6000)).toBe(3000);
});

interface Reservation {
  readonly atMs: number;
  readonly reserved: number;
  readonly used: number;
  readonly correctedAtMs: number;
}

const anyReservations = fc
  .array(
    fc.record({
      gapMs: fc.oneof(fc.constant(0), fc.nat(20_000)),
      reserved: fc.nat(400),
      used: fc.nat(400),
      lifeMs: fc.integer({ min: 1, max: 90_000 }),
    }),
    { minLength: 1, maxLength: 20, size: "max" },
  )
  .map((list) => {
    let atMs = 0;
    return list.map(({ gapMs, reserved, used, lifeMs }): Reservation => {
      atMs += gapMs;
      return { atMs, reserved, used: Math.min(used, reserved), correctedAtMs: atMs + lifeMs };
    });
  });

/** The level at `atMs` had everybody reserved what they used: simulated from the start, without any correction. */
function trueLevel(reservations: readonly Reservation[], perMinute: number, atMs: number): number {
  let meter = EMPTY_METER;
  for (const one of reservations) {
    if (one.atMs > atMs) break;
    meter = fill(leak(meter, perMinute, one.atMs), one.correctedAtMs <= atMs ? one.used : one.reserved);
  }
  return leak(meter, perMinute, atMs).level;
}

function corrected(reservations: readonly Reservation[], perMinute: number): { atMs: number; level: number }[] {
  const steps = reservations
    .flatMap((one) => [
      { atMs: one.atMs, apply: (meter: Meter) => fill(meter, one.reserved) },
      { atMs: one.correctedAtMs, apply: (meter: Meter) => giveBack(meter, one.reserved - one.used, one.atMs) },
    ])
    .sort((a, b) => a.atMs - b.atMs);
  let meter = EMPTY_METER;
  return steps.map(({ atMs, apply }) => {
    meter = apply(leak(meter, perMinute, atMs));
    expect(meter.floors.length).toBeLessThanOrEqual(32);
    return { atMs, level: meter.level };
  });
}

test("corrections never leave less in the meter than if only what was used had been reserved", () => {
  fc.assert(
    fc.property(anyReservations, fc.integer({ min: 60, max: 1200 }), (reservations, perMinute) => {
      for (const { atMs, level } of corrected(reservations, perMinute).filter(isLastOfItsMoment)) {
        expect(level).toBeGreaterThanOrEqual(trueLevel(reservations, perMinute, atMs));
      }
    }),
    { numRuns: 500 },
  );
});

test("a single correction leaves exactly that", () => {
  fc.assert(
    fc.property(anyReservations, fc.integer({ min: 60, max: 1200 }), fc.nat(), (reservations, perMinute, choice) => {
      const chosen = choice % reservations.length;
      const others = reservations.map((one, index) => (index === chosen ? one : { ...one, used: one.reserved }));
      for (const { atMs, level } of corrected(others, perMinute).filter(isLastOfItsMoment)) {
        expect(level).toBe(trueLevel(others, perMinute, atMs));
      }
    }),
    { numRuns: 500 },
  );
});

function isLastOfItsMoment(step: { atMs: number }, index: number, steps: readonly { atMs: number }[]): boolean {
  return steps[index + 1]?.atMs !== step.atMs;
}

test("a meter remembers at most 32 floors, whatever is asked of it", () => {
  let meter = EMPTY_METER;
  for (let atMs = 1; atMs <= 100; atMs++) meter = fill(leak(meter, 1, atMs), 10);
  expect(meter.floors).toHaveLength(32);
  // The oldest reservations get back what is certain, which is nothing; the newest get all.
  expect(giveBack(meter, 10, 2).level).toBe(meter.level);
  expect(giveBack(meter, 10, 100).level).toBe(meter.level - 600_000);
});

test("what is filled in within one millisecond is one floor", () => {
  let meter = leak(EMPTY_METER, 60, 5);
  for (let count = 0; count < 40; count++) meter = fill(meter, 1);
  expect(meter.floors).toEqual([
    { fromMs: -1, level: 0 },
    { fromMs: 5, level: 2_400_000 },
  ]);
  expect(giveBack(meter, 15, 5)).toEqual({
    level: 1_500_000,
    atMs: 5,
    floors: [
      { fromMs: -1, level: 0 },
      { fromMs: 5, level: 1_500_000 },
    ],
  });
});

test("a meter that leaks keeps of its floors those below its level, and the oldest of the others", () => {
  let meter = fill(leak(EMPTY_METER, 60, 5), 10);
  meter = fill(leak(meter, 60, 1005), 10);
  meter = fill(leak(meter, 60, 2005), 10);
  const at = (fromMs: number, units: number) => ({ fromMs, level: units * 60_000 });
  expect(meter.floors).toEqual([at(-1, 0), at(5, 9), at(1005, 18), at(2005, 28)]);
  expect(leak(meter, 60, 12_005).floors).toEqual([at(-1, 0), at(5, 9), at(1005, 18)]);
  expect(leak(meter, 60, 13_005).floors).toEqual([at(-1, 0), at(5, 9), at(1005, 17)]);
  expect(leak(meter, 60, 60_000).floors).toEqual([at(-1, 0)]);
});
