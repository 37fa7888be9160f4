/** Time as an argument. The core never reads the world's clock. */
export interface Clock {
  /** Milliseconds since the epoch. On Workers this stands still between I/O events (PLATFORM.md, A1). */
  now(): number;
  /** Calls back once after `delayMs`; the returned function cancels it. */
  schedule(delayMs: number, callback: () => void): () => void;
}
