import type { Amounts } from "./amounts.ts";
import type { HoldReason } from "./hold.ts";
import type { Attempt, ModelError } from "./model.ts";
import type { Problem } from "./problem.ts";
import type { NodeId, Step, StepId } from "./step.ts";
import type { Thought } from "./thought.ts";
import type { Score } from "./verifier.ts";

/** Why a search ended. WIRE.md 4.5 spells them with underscores. */
export type StopReason =
  | "completed"
  | "early-stop"
  | "rollouts"
  | "calls"
  | "tokens"
  | "microdollars"
  | "milliseconds"
  | "cancelled"
  | "upstream-errors";

/**
 * The append-only log of one search. One log, three readers: storage, the live stream, the exports. All events that one
 * answered step brings are appended in one transaction, together with the starts of the steps decided upon it.
 */
export type SearchEvent = { readonly sequence: number; readonly atMs: number } & SearchEventBody;

export type SearchEventBody =
  | {
      readonly type: "search-start";
      readonly searchId: string;
      readonly problem: Problem;
      /** The serialised Recipe; opaque to the core. */
      readonly recipe: unknown;
      readonly codeVersion: string;
    }
  /** `attempt` counts from 1; a higher one for an open step means the earlier was lost or failed and is asked again. */
  | {
      readonly type: "step-start";
      readonly stepId: StepId;
      readonly attempt: number;
      readonly step: Step;
      readonly reserved: Amounts;
    }
  /** Before a call is made that `reserved` does not cover: another provider after one that failed, a second beside a slow one. */
  | {
      readonly type: "step-hold";
      readonly stepId: StepId;
      readonly extra: Amounts;
      readonly reason: HoldReason;
    }
  | {
      readonly type: "thought-add";
      readonly stepId: StepId;
      readonly nodeId: NodeId;
      readonly parentId: NodeId;
      readonly thought: Thought;
    }
  /** A completion arrived that says what this node already says. `index` is its place among the step's thoughts. */
  | {
      readonly type: "thought-repeat";
      readonly stepId: StepId;
      readonly nodeId: NodeId;
      readonly index: number;
      readonly weight?: number;
    }
  | { readonly type: "score-add"; readonly stepId: StepId; readonly nodeId: NodeId; readonly score: Score }
  /** `value` in [0, 1]: how far the comparison is for the step's first node. */
  | { readonly type: "comparison-add"; readonly stepId: StepId; readonly value: number; readonly reason: string }
  | { readonly type: "step-end"; readonly stepId: StepId; readonly attempts: readonly Attempt[] }
  /** The step, or one attempt at it, failed. `willRetry`: the step stays open and another attempt follows. */
  | {
      readonly type: "step-fail";
      readonly stepId: StepId;
      readonly error: ModelError;
      readonly attempts: readonly Attempt[];
      readonly willRetry: boolean;
    }
  | {
      readonly type: "search-end";
      readonly reason: StopReason;
      readonly answerNodeId: NodeId | null;
      /** What the selection chose it by: a share of votes, a value. Apart from the value that steered the search. */
      readonly selectionScore: number | null;
      readonly error: ModelError | null;
    };
