import { type Decision, issue, ROOT, type Role } from "./step.ts";
import type { TreeView } from "./tree-view.ts";

/** Failures at one node after which it is left alone; each stands for several attempts already. */
export const FAILURES_BEFORE_CLOSING = 2;

/**
 * The first proposal of a tree search goes to the end, whatever follows: from then on there is a best so far to serve,
 * even where a limit or the clock ends the search before its steps add up to an answer, and one rollout of any method is
 * the plain call. Its steps are the tree's first. Null when it is not due.
 */
export function draftDue(tree: TreeView, role: Role = "end"): Decision | null {
  if (tree.rollouts + tree.rolloutsInFlight > 0 || tree.root.failures >= FAILURES_BEFORE_CLOSING) return null;
  return issue({ type: "propose", nodeId: ROOT, count: 1, role });
}
