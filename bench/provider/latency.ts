import { createRandom } from "../../src/core/random.ts";
import type { Distribution, Settings } from "./settings.ts";

/** `headers`: before them. `firstToken`: from the headers on. `perToken`: between two tokens. */
export const LATENCY_NAMES = ["headers", "firstToken", "perToken"] as const;

export interface CallLatency {
  readonly headersMs: number;
  readonly firstTokenMs: number;
  /** Of the token with this index, >= 1, after the one before it. */
  tokenMs(index: number): number;
  /** No token ever waits for the one before it. */
  readonly isAtOnce: boolean;
  readonly isStraggler: boolean;
}

/** The latencies of one call; the same for the same settings and number. */
export function latencyOf({ seed, latency, stragglers }: Settings, number: number): CallLatency {
  const isStraggler = createRandom(seed, "straggler", number).next() < stragglers.share;
  const factor = isStraggler ? stragglers.factor : 1;
  const draw = (name: (typeof LATENCY_NAMES)[number], index = 0): number => {
    const distribution = latency[name];
    return distribution === undefined ? 0 : factor * sample(distribution, seed, name, number, index);
  };
  return {
    headersMs: draw("headers"),
    firstTokenMs: draw("firstToken"),
    tokenMs: (index) => draw("perToken", index),
    isAtOnce: latency.perToken === undefined,
    isStraggler,
  };
}

function sample(distribution: Distribution, seed: number, name: string, number: number, index: number): number {
  if (distribution.type === "constant") return distribution.ms;
  const random = createRandom(seed, name, number, index);
  // Box and Muller 1958; 1 - u keeps the logarithm finite.
  const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  return distribution.medianMs * Math.exp(distribution.sigma * normal);
}
