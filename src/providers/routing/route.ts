import type { Price } from "../config.ts";

/** What a policy may know of a target. */
export interface Candidate {
  readonly provider: string;
  /** > 0; 1 where the configuration names none. */
  readonly weight: number;
  readonly price: Price;
  /** Median duration of the last successful calls to it, in ms; null while there are too few. */
  readonly medianMs: number | null;
}

/** What a policy may know of a request. */
export interface Wanted {
  /** Upper bounds, in tokens. */
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** The beginning of the prompt, as a text: what a provider's prompt cache goes by. */
  readonly prefix: string;
  readonly seed: number;
}

/**
 * Who is to be asked first, second, ... for one request: every candidate once. A pure function; chance comes from the
 * request's seed, so that a search that is run again asks the same.
 */
export interface RoutingPolicy {
  readonly name: string;
  rank(candidates: readonly Candidate[], wanted: Wanted): readonly Candidate[];
}

/** By rising key; equal ones stay in the order of the configuration. */
export function byKey(candidates: readonly Candidate[], keyOf: (one: Candidate) => number): readonly Candidate[] {
  const keyed = candidates.map((candidate) => ({ candidate, key: keyOf(candidate) }));
  return keyed.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ candidate }) => candidate);
}
