import type { Amounts } from "./amounts.ts";
import type { CancelSignal } from "./cancellation.ts";
import type { Attempt, ModelError } from "./model.ts";
import type { Message } from "./problem.ts";
import type { Result } from "./result.ts";

/** One answer to one problem. */
export interface RewardInput {
  readonly messages: readonly Message[];
  /** The text of the last user message. */
  readonly question: string;
  /** Joined they are the answer so far; at least one. */
  readonly steps: readonly string[];
}

/** A model that was trained to score and not to write. The edge implements it over HTTP; tests script it. */
export interface RewardModel {
  readonly name: string;
  /** It scores each step, or the answer as a whole. */
  readonly kind: "process" | "outcome";
  /** Of what is not known yet. */
  worstCase(inputs: readonly RewardInput[]): Amounts;
  /**
   * Per input, in order: a number in [0, 1] for each step, or one for the whole; null where the model says nothing that can
   * be read as an opinion. Nothing is asked twice, also not after a neighbour has failed. Resolves, also when cancelled.
   */
  score(inputs: readonly RewardInput[], signal: CancelSignal): Promise<RewardOutcome>;
}

export interface RewardOutcome {
  readonly result: Result<readonly (readonly number[] | null)[], ModelError>;
  readonly attempts: readonly Attempt[];
}
