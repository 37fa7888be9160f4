import { isRefuted, type Node } from "../core/node.ts";
import type { TreeView } from "../core/tree-view.ts";

/** Where a search that commits step by step stands. */
export interface Commitment {
  /** The root of what is still searched: the last step committed to. */
  readonly root: Node;
  /** The next commitment waits for what is in flight: nothing may be proposed. */
  readonly isHeld: boolean;
}

/**
 * Commit and continue, derived from the tree alone: once the current root has `visitsAt(root)` visits, the search goes on
 * below its most visited child only (ties: higher value, then created earlier; refuted children do not stand).
 *
 * Visit counts move on, so what makes the choice final is a barrier: near the number nothing more is proposed, and the
 * choice is made when nothing is in flight at the root or below a child other than the chosen one. From then on the
 * others' counts stand still and the chosen one's only grows: looked at again over any later tree, it is the same. Only a
 * refutation of the chosen child itself takes a commitment back.
 */
export function commitmentOf(tree: TreeView, visitsAt: (root: Node) => number): Commitment {
  let root: Node = tree.root;
  for (;;) {
    const wanted = visitsAt(root);
    if (root.visits < wanted) return { root, isHeld: root.visits + root.inFlight >= wanted };
    const chosen = mostVisited(root.children);
    // Nothing to commit to: the root needs children that somebody has judged.
    if (chosen === null || chosen.visits === 0) return { root, isHeld: false };
    const isUnsettled = root.proposing > 0 || root.children.some((child) => child !== chosen && child.inFlight > 0);
    if (isUnsettled) return { root, isHeld: true };
    root = chosen;
  }
}

function mostVisited(children: readonly Node[]): Node | null {
  let most: Node | null = null;
  for (const child of children) {
    if (isRefuted(child)) continue;
    if (most === null || child.visits > most.visits || (child.visits === most.visits && child.value > most.value)) {
      most = child;
    }
  }
  return most;
}
