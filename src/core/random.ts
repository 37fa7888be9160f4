/**
 * Seeded randomness. Nothing in the core draws from the world: a search with the same seed and the same upstream
 * answers makes the same decisions, also after a crash, because every stream is derived from (seed, labels) and never
 * from how many numbers were drawn before.
 */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, bound). `bound` >= 1. */
  integer(bound: number): number;
}

/** Mixes a seed and labels into four 32-bit words (xmur3-style avalanche; not cryptographic). */
function mix(seed: number, labels: readonly (string | number)[]): [number, number, number, number] {
  let hash = 0x811c9dc5 ^ (seed >>> 0);
  // Length-prefixed, so that ("ab", "c") and ("a", "bc") are different streams.
  for (const label of labels) {
    const text = String(label);
    const prefixed = `${text.length}:${text}`;
    for (let index = 0; index < prefixed.length; index++) {
      hash = Math.imul(hash ^ prefixed.charCodeAt(index), 0x01000193);
      hash = (hash << 13) | (hash >>> 19);
    }
  }
  const word = (): number => {
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
    return hash >>> 0;
  };
  return [word(), word(), word(), word()];
}

/** A stream for one purpose: `createRandom(seed, "decision", 12)`. Generator: sfc32 (Doty-Humphrey, PractRand). */
export function createRandom(seed: number, ...labels: readonly (string | number)[]): Random {
  let [a, b, c, d] = mix(seed, labels);
  const next = (): number => {
    const sum = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
  // The first outputs of sfc32 still show the seed; the author's advice is to drop a dozen.
  for (let warmUp = 0; warmUp < 12; warmUp++) next();
  return { next, integer: (bound) => Math.floor(next() * bound) };
}

/** A seed for somebody else's generator (a provider's `seed`): an integer in [0, 2^31). */
export function deriveSeed(seed: number, ...labels: readonly (string | number)[]): number {
  return mix(seed, labels)[0] >>> 1;
}
