/** A step's number: 1, 2, 3, ... in the order in which steps were issued. */
export type StepId = number;

/** A node's name: `"0"` is the root, `"7.2"` the third thought that step 7 brought. */
export type NodeId = string;

export const ROOT: NodeId = "0";

/** How far a proposal goes: one step, or to the end of the answer. */
export type Extent = "step" | "end";

/** What a method may want. */
export type Step =
  /** Ask for `count` (>= 1) continuations of a node in one go; they share one prompt. */
  | { readonly type: "propose"; readonly nodeId: NodeId; readonly count: number; readonly extent: Extent }
  /** Score a set of nodes together. */
  | { readonly type: "verify"; readonly nodeIds: readonly NodeId[] };

export type Decision =
  | { readonly type: "step"; readonly step: Step }
  /** Nothing to issue until something in flight is answered. With nothing in flight it ends the search. */
  | { readonly type: "wait" }
  /** The answer cannot change, or the plan is carried out. What is in flight is cancelled, and still metered. */
  | { readonly type: "stop"; readonly reason: "completed" | "early-stop" };

export function issue(step: Step): Decision {
  return { type: "step", step };
}

export const WAIT: Decision = { type: "wait" };
