import { type Amounts, NOTHING } from "./amounts.ts";
import type { CancelSignal } from "./cancellation.ts";
import type { Attempt, Model, ModelError } from "./model.ts";
import type { Problem } from "./problem.ts";
import type { PromptBook, PromptDefinition } from "./prompt.ts";
import { type Result, succeed } from "./result.ts";

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
  /** How many completions said just this, >= 1. */
  readonly count: number;
  /** How often it has been judged already: a model that is asked again should not repeat itself. */
  readonly judgements: number;
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

/** A checker that needs no model: it costs nothing and answers at once. */
export function localVerifier(
  traits: Pick<Verifier, "name" | "scope" | "isComparative">,
  score: (problem: Problem, candidates: readonly Candidate[]) => readonly (Score | null)[],
): Verifier {
  return {
    ...traits,
    worstCase: () => NOTHING,
    verifyNow: score,
    verify: async (problem, candidates) => ({ result: succeed(score(problem, candidates)), attempts: [] }),
  };
}

export interface VerifierDefinition {
  readonly name: string;
  readonly summary: string;
  /** The prompts it uses; none for a checker. */
  readonly prompts: readonly PromptDefinition[];
  /** Its verdicts are certain. */
  readonly isExact: boolean;
  /** Exact, and `refusal` tells whether a problem is its own: it may be chosen unasked. */
  readonly isAutomatic: boolean;
  /** It tells better partial answers from worse ones; one that can only refute them does not. */
  readonly scoresSteps: boolean;
  /** Why this verifier cannot score answers to this problem with this model; null when it can. */
  refusal(problem: Problem, model: Pick<Model, "name" | "capabilities">, prompts: PromptBook): string | null;
  create(context: VerifierContext): Verifier;
}

export interface VerifierContext {
  readonly model: Model;
  /** Replaced prompts, by name. */
  readonly prompts: PromptBook;
  readonly seed: number;
}
