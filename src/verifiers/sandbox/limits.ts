/** What one program may use. Each is a bound on work, not on time: clocks stand still during execution in production. */
export interface SandboxLimits {
  /**
   * Turns of loops and calls of functions in the interpreter's machine code, for all runs of one candidate together. On the
   * machine it was measured on (2 cores at some 3 GHz) 1 million took 0.6 to 4.3 milliseconds, whatever they did.
   */
  readonly fuel: number;
  /** Of the guest's heap. */
  readonly memoryBytes: number;
  /** Of the guest's stack: some 2,200 plain calls of JavaScript. Far below what the host's own stack takes. */
  readonly stackBytes: number;
  /** Of everything printed in one run, and of the text of a value. */
  readonly outputCharacters: number;
  /** Of one program. */
  readonly codeCharacters: number;
}

export const DEFAULT_LIMITS: SandboxLimits = {
  fuel: 300_000_000,
  memoryBytes: 16 * 1024 * 1024,
  stackBytes: 384 * 1024,
  outputCharacters: 64 * 1024,
  codeCharacters: 200_000,
};
