import type { Amounts } from "./amounts.ts";
import type { Account } from "./budget.ts";
import type { StopReason } from "./event.ts";
import type { ModelError } from "./model.ts";
import type { Node } from "./node.ts";
import type { NodeId, Role, Step, StepId } from "./step.ts";

export interface OpenStep {
  readonly stepId: StepId;
  readonly step: Step;
  /** Its number among the proposals, from 1; 0 for any other step. */
  readonly proposal: number;
  readonly attempt: number;
  readonly reserved: Amounts;
  /** Its last attempt failed and the next has not started: nothing is in flight for it. */
  readonly isWaiting: boolean;
  /** Replies to it that could not be read. */
  readonly unparsed: number;
  /** A call for it has failed: what follows is made again. */
  readonly isRepeated: boolean;
}

/** What methods see. The tree is the fold of the log and nothing else. */
export interface TreeView {
  readonly root: Node;
  node(id: NodeId): Node;
  /** All nodes below the root, in order of arrival. */
  readonly nodes: readonly Node[];
  /** Completed candidates that no gate has vetoed, in creation order: what may be judged, compared, voted for and served. */
  readonly terminals: readonly Node[];
  /** The other completed candidates: served only where there are no `terminals`. */
  readonly vetoed: readonly Node[];
  /** Candidates completed, repeats and vetoed ones included. */
  readonly rollouts: number;
  /** Candidates that open steps may still complete. */
  readonly rolloutsInFlight: number;
  /** Candidates, of `terminals`, that the verifier has not been asked about, in creation order. */
  readonly unverifiedAnswers: readonly Node[];
  /** The same of partial answers. */
  readonly unverifiedSteps: readonly Node[];
  /** A terminal node with a verdict of 1, the earliest in creation order. */
  readonly solved: Node | null;
  readonly openSteps: ReadonlyMap<StepId, OpenStep>;
  readonly stepsStarted: number;
  readonly account: Account;
  /** From the child of the root to the node. */
  pathOf(node: Node): readonly Node[];
  /** The answer at the node: the texts of its steps, joined. */
  textOf(node: Node): string;
  /** The steps of the answer at the node: notes are no part of it, and a revision stands alone. */
  stepsOf(node: Node): readonly string[];
  /** What a comparison said, in [0, 1] for `first`; null where there was none. Told for the pair in either order. */
  comparisonOf(role: Role, first: NodeId, second: NodeId): number | null;
  /** The final answer of a terminal node, as it was written; null where there is none. */
  answerOf(node: Node): string | null;
  /** Of a terminal node; null for a partial, an unparsable or a vetoed one. */
  answerClassOf(node: Node): string | null;
  /** Of a text that is no candidate of this tree; null where it gives no final answer. */
  answerClassIn(text: string): string | null;
}

export interface SearchEnd {
  readonly reason: StopReason;
  readonly answerNodeId: NodeId | null;
  readonly selectionScore: number | null;
  readonly error: ModelError | null;
}
