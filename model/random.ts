/** A seeded stream of 32-bit numbers: integer arithmetic only, so it is the same on every machine. */
export type Random = {
  /** An integer in [0, 2^32). */
  next(): number;
  /** An integer in [0, count). */
  below(count: number): number;
  /** A number in [0, 1) with 32 random bits. */
  uniform(): number;
};

/**
 * sfc32 (Chris Doty-Humphrey), seeded from any number of integers, for example (seed, step, shard): streams with different
 * seeds are independent for our purposes.
 */
export function createRandom(...seeds: readonly number[]): Random {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = 0xb7e15162;
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
  for (const seed of seeds) {
    a ^= seed;
    b ^= Math.floor(seed / 2 ** 32);
    for (let i = 0; i < 12; i++) next();
  }
  return {
    next,
    below: (count) => Math.floor((next() / 2 ** 32) * count),
    uniform: () => next() / 2 ** 32,
  };
}

export function pick<T>(random: Random, values: readonly T[]): T {
  const value = values[random.below(values.length)];
  if (value === undefined) throw new RangeError("pick: the list is empty");
  return value;
}

/** A shuffled copy (Fisher and Yates). */
export function shuffle<T>(random: Random, values: readonly T[]): readonly T[] {
  const rest = [...values];
  const shuffled: T[] = [];
  while (rest.length > 0) shuffled.push(...rest.splice(random.below(rest.length), 1));
  return shuffled;
}
