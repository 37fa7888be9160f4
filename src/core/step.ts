/** A step's number: 1, 2, 3, ... in the order in which steps were issued. */
export type StepId = number;

/** A node's name: `"0"` is the root, `"7.2"` the third thought that step 7 brought. */
export type NodeId = string;

export const ROOT: NodeId = "0";

/** What a proposal or a comparison is for: a key of the method's `policies` or `comparators`, e.g. "step", "critique". */
export type Role = string;

/** Ask for `count` (>= 1) thoughts at a node in one go; they share one prompt. */
export interface ProposeStep {
  readonly type: "propose";
  readonly nodeId: NodeId;
  readonly count: number;
  readonly role: Role;
  /** In [0, 2]; absent: the client's. */
  readonly temperature?: number;
  /** A cap below the client's own, for methods that generate in chunks. */
  readonly maxTokens?: number;
  /** One of the search's models by its public id; absent: the one asked for. */
  readonly model?: string;
}

/** Score a set of nodes together. A node that has a score already is scored once more. */
export interface VerifyStep {
  readonly type: "verify";
  readonly nodeIds: readonly NodeId[];
}

/** Put two nodes side by side. The result is on record (`TreeView.comparisonOf`) and changes no value. */
export interface CompareStep {
  readonly type: "compare";
  readonly role: Role;
  readonly nodeIds: readonly [NodeId, NodeId];
}

/** What a method may want. */
export type Step = ProposeStep | VerifyStep | CompareStep;

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
export const COMPLETED: Decision = { type: "stop", reason: "completed" };
export const EARLY_STOP: Decision = { type: "stop", reason: "early-stop" };

/** The nodes a step is about. */
export function targetsOf(step: Step): readonly NodeId[] {
  return step.type === "propose" ? [step.nodeId] : step.nodeIds;
}
