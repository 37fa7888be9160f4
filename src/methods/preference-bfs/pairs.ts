import { isNote, type Node } from "../../core/node.ts";
import type { TreeView } from "../../core/tree-view.ts";
import { type WinnerRule, winnerOf } from "./winner.ts";

/** Two steps that follow the same prefix, of which one lies on a way to the winning answer and the other on none. */
export interface PreferencePair {
  readonly prefix: Node;
  readonly chosen: Node;
  readonly rejected: Node;
  /**
   * The search knows what becomes of the rejected step: it is complete, or was gone on from. One that was merely not
   * expanded might have led to the winning answer as well; whoever exports may leave it out.
   */
  readonly isRejectedExpanded: boolean;
}

/**
 * CPO's preference pairs of a finished tree (Zhang et al. 2024; ALGORITHMS.md 4.8): on every path to a
 * member of the winning answer class, each step against each of its siblings that is on no such path. In the order of
 * creation of the chosen step, then of the rejected one; each pair once, however many winners share it. By hand in
 * pairs.test.ts.
 */
export function preferencePairs(tree: TreeView, rule: WinnerRule): PreferencePair[] {
  const onPath = new Set<Node>();
  for (const winner of winnerOf(tree, rule)?.members ?? []) {
    for (let at: Node | null = winner; at !== null && !onPath.has(at); at = at.parent) onPath.add(at);
  }
  const chosenSteps = [...onPath].filter((node) => node.thought !== null && !isNote(node));
  chosenSteps.sort((a, b) => a.order - b.order);
  return chosenSteps.flatMap((chosen) => {
    const prefix = chosen.parent;
    if (prefix === null) return [];
    const rejected = prefix.children.filter((node) => !onPath.has(node) && !isNote(node));
    return rejected.map((node) => ({ prefix, chosen, rejected: node, isRejectedExpanded: isExpanded(node) }));
  });
}

function isExpanded(node: Node): boolean {
  return node.isTerminal || node.children.length > 0;
}
