import type { Method } from "../method.ts";
import { type Decision, WAIT } from "../step.ts";
import type { TreeView } from "../tree-view.ts";
import type { Selection } from "./selection.ts";

/** The method with another selection: once it is done, the comparisons that the selection wants are made. */
export function withSelection(method: Method, selection: Selection): Method {
  const afterwards = (tree: TreeView, decision: Decision): Decision => {
    if (selection.comparisonDue === undefined) return decision;
    // Who takes part must not change any more.
    if (tree.rolloutsInFlight > 0) return WAIT;
    return selection.comparisonDue(tree) ?? decision;
  };
  return {
    ...method,
    next: (tree, random) => {
      const decision = method.next(tree, random);
      return decision.type === "stop" ? afterwards(tree, decision) : decision;
    },
    answer: selection.choose,
  };
}
