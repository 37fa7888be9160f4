/**
 * Where the money of a search comes from, when it comes in pieces: `limits.microdollars` is then what has been given so
 * far, and grows (or falls) while the search runs.
 */
export interface Funds {
  /**
   * A step lacks `microdollars` and nothing else. Null where asking is of no use, for now or for good; else it resolves,
   * and never rejects, when the limit says what has come of it. Not called again before that.
   */
  ask(microdollars: number): Promise<void> | null;
}
