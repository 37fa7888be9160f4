/**
 * Judgements that outlive a search, for one tenant and one model: the same question to the same judge is paid for once. What
 * may be remembered is decided by whoever asks (verifiers/prompted.ts): a probability, a reply at temperature 0, or the
 * reading of several samples. A single sampled opinion is not, and a second judgement is never a remembered one.
 *
 * Neither method rejects: a cache that cannot be reached knows nothing and forgets everything.
 */
export interface JudgementCache {
  /** Whose judgements they are: a part of every key. */
  readonly model: string;
  get(keys: readonly string[]): Promise<ReadonlyMap<string, Judgement>>;
  put(judgements: ReadonlyMap<string, Judgement>): void;
}

/** What the samples of one question said: numbers in [0, 1], or 0-based choices. */
export interface Judgement {
  readonly values: readonly number[];
}
