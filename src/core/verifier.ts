import type { Amounts } from "./amounts.ts";
import type { CancelSignal } from "./cancellation.ts";
import type { Attempt, ModelError } from "./model.ts";
import type { Problem } from "./problem.ts";
import type { Result } from "./result.ts";

/** One judgement of one candidate. */
export interface Score {
  /** In [0, 1]. */
  readonly value: number;
  /** A verdict is certain (an exact checker); an estimate is evidence (a judge, a vote). */
  readonly kind: "estimate" | "verdict";
  readonly reason: string;
  /** Who said so; a composite lists its parts. */
  readonly verifier: string;
}

export interface Candidate {
  /** The whole text from the root to this node. */
  readonly text: string;
  /** The same text, step by step. */
  readonly steps: readonly string[];
  readonly isComplete: boolean;
  /** Canonical final answer; null for a partial or unparsable one. */
  readonly answerClass: string | null;
}

/** Everything that scores: judge, vote, process reward, outcome reward, self-evaluation, exact checker. */
export interface Verifier {
  readonly name: string;
  /** Which thoughts it may have an opinion on. */
  readonly scope: "complete" | "all";
  /** True when a score depends on the other candidates of the same call: all are then verified together, at the end. */
  readonly isComparative: boolean;
  /** Upper bound of the cost of verifying these candidates; nothing for a local checker. */
  worstCase(problem: Problem, candidates: readonly Candidate[]): Amounts;
  /** Local checkers answer at once, so that verifying costs no round trip and no row in the log of its own. */
  verifyNow?(problem: Problem, candidates: readonly Candidate[]): readonly (Score | null)[];
  /** May be called concurrently, and again with the same candidates after a crash. Resolves, also when cancelled. */
  verify(problem: Problem, candidates: readonly Candidate[], signal: CancelSignal): Promise<VerifyOutcome>;
}

export interface VerifyOutcome {
  /** One entry per candidate, in order; null where this verifier has no opinion (say, on a partial answer). */
  readonly result: Result<readonly (Score | null)[], ModelError>;
  readonly attempts: readonly Attempt[];
}
