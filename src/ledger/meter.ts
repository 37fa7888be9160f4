/**
 * Requests or tokens per minute, exactly, in a few integers: the leaky bucket as a meter (ITU-T I.371, Annex A, which
 * proves it equal to GCRA). It holds one minute's worth and leaks continuously, so within any t minutes at most
 * (1 + t) * limit pass, and the wait after a refusal is exact. A sliding log would hold every minute to the limit, at
 * a row per request; nobody's client expects that of a rate.
 *
 * Levels are counted in sixty-thousandths of a unit: a limit of N per minute leaks exactly N of them a millisecond.
 */
export interface Meter {
  readonly level: number;
  /** Elapsed time (`clock.ts`) at which the level was that. */
  readonly atMs: number;
  /** In the order of time, never falling; the first begins before all time. What may still be given back of an old reservation (`giveBack`). */
  readonly floors: readonly Floor[];
}

/** The lowest level from `fromMs` to now, after all that was filled in at `fromMs`. */
export interface Floor {
  readonly fromMs: number;
  readonly level: number;
}

export const EMPTY_METER: Meter = { level: 0, atMs: 0, floors: [{ fromMs: -1, level: 0 }] };

/** No rate and no amount of tokens above this: a level stays a safe integer. */
export const LARGEST_PER_MINUTE = 1_000_000_000;

const PARTS_PER_UNIT = 60_000;
/** With more, reservations older than most get less back than they might. */
const MOST_FLOORS = 32;

/** The meter as it stands at `atMs`, which is not before its own. */
export function leak(meter: Meter, perMinute: number, atMs: number): Meter {
  const level = Math.max(0, meter.level - perMinute * (atMs - meter.atMs));
  return { level, atMs, floors: lowered(meter.floors, level) };
}

/** How many units fit now; the meter has leaked up to now. */
export function roomIn(meter: Meter, perMinute: number): number {
  return Math.max(0, Math.floor((perMinute * PARTS_PER_UNIT - meter.level) / PARTS_PER_UNIT));
}

/** Milliseconds until so many units, at most `perMinute`, fit; 0 when they fit now. */
export function waitFor(meter: Meter, perMinute: number, units: number): number {
  const above = meter.level + (units - perMinute) * PARTS_PER_UNIT;
  return above <= 0 ? 0 : Math.ceil(above / perMinute);
}

/** Also past the limit, where more was used than reserved: the next ones wait for it. */
export function fill(meter: Meter, units: number): Meter {
  const level = Math.min(meter.level + units * PARTS_PER_UNIT, Number.MAX_SAFE_INTEGER);
  const floors = [...meter.floors.filter((floor) => floor.fromMs < meter.atMs), { fromMs: meter.atMs, level }];
  return { ...meter, level, floors: floors.length > MOST_FLOORS ? floors.toSpliced(1, 1) : floors };
}

/**
 * Takes back what a reservation made at `sinceMs` did not use. Had the unused part never been filled in, the level
 * would now be lower by that part or by the lowest level since, whichever is less (Skorokhod's reflection: below that,
 * the meter would have run empty and leaked nothing). Giving back all of it would let a burst through that the limit
 * forbids.
 */
export function giveBack(meter: Meter, units: number, sinceMs: number): Meter {
  const lowest = meter.floors.findLast((floor) => floor.fromMs <= sinceMs)?.level ?? 0;
  const parts = Math.min(units * PARTS_PER_UNIT, lowest);
  const floors = meter.floors.map((floor) => ({ ...floor, level: Math.max(0, floor.level - parts) }));
  return { ...meter, level: meter.level - parts, floors };
}

/** The last floor is the level; of those that come to stand as high as a lower one, the oldest stays. */
function lowered(floors: readonly Floor[], level: number): readonly Floor[] {
  const first = floors.findIndex((floor) => floor.level >= level);
  return floors.slice(0, first + 1).map((floor) => ({ ...floor, level: Math.min(floor.level, level) }));
}
