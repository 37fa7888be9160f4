import { isRefuted, type Node } from "../core/node.ts";
import type { TreeView } from "../core/tree-view.ts";

/** Where a search that commits step by step stands. */
export interface Commitment {
  /** The root of what is still searched: the last step committed to. */
  readonly root: Node;
  /** The next commitment waits for what is in flight: nothing may be proposed. */
  readonly isHeld: boolean;
}

/** When the search commits. */
export interface CommitmentRule {
  /** Visits before the first commitment, and between two of them. */
  readonly first: number;
  readonly further: number;
  /** There is nothing left to ask below this root, for good: it is committed from before its visits are there. */
  readonly isSearched?: (root: Node) => boolean;
}

/**
 * Commit and continue, derived from the tree alone: after `first` visits the search goes on below the most visited child
 * of the root only (ties: higher value, then created earlier; refuted children do not stand), after `further` more below
 * that one's most visited child, and so on. All visits pass through the tree's root, so they are counted there.
 *
 * Visit counts move on, so what makes a choice final is a barrier: near the number nothing more is proposed, and the choice
 * is made when nothing is in flight at the current root or below a child other than the chosen one. From then on the
 * others' counts stand still and the chosen one's only grows: looked at again over any later tree, it is the same. Only a
 * refutation of the chosen child itself takes a commitment back.
 */
export function commitmentOf(tree: TreeView, { first, further, isSearched }: CommitmentRule): Commitment {
  const { visits, inFlight } = tree.root;
  let root: Node = tree.root;
  for (let wanted = first; ; wanted += further) {
    if (visits < wanted && isSearched?.(root) !== true) return { root, isHeld: visits + inFlight >= wanted };
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
