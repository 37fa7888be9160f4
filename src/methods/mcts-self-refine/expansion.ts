import { FAILURES_BEFORE_CLOSING } from "../../core/draft.ts";
import { isNote, type Node, samplesAt } from "../../core/node.ts";
import type { TreeView } from "../../core/tree-view.ts";
import { createUct, qualityOf } from "./uct.ts";

/** What the search has begun and what it would take up next: one pass over the answers. */
export interface Standing {
  /** Rollouts that critiques, asked for or already here, will lead to. */
  readonly owed: number;
  /** A critique whose refinement is due, the earliest created. */
  readonly note: Node | null;
  /** The answer to take up next, or the root for a fresh one; null while there is none. Ties to the earliest created. */
  readonly next: Node | null;
}

export function standingOf(tree: TreeView, explorationWeight: number, maxChildren: number): Standing {
  let owed = 0;
  let note: Node | null = null;
  let next: Node | null = null;
  let bound = Number.NEGATIVE_INFINITY;

  const consider = (answer: Node, uct: (answer: Node) => number): void => {
    const own = uct(answer);
    const isBehind = own < bound || (own === bound && next !== null && answer.order > next.order);
    if (isBehind || isFullyExpanded(answer, maxChildren)) return;
    next = answer;
    bound = own;
  };

  const lookBelow = (father: Node): void => {
    if (father.children.length === 0) return;
    const uct = createUct(father, explorationWeight);
    for (const child of father.children) {
      if (!isNote(child)) {
        consider(child, uct);
        continue;
      }
      const missing = refinementsOwed(child);
      owed += missing;
      if (missing > 0 && (note === null || child.order < note.order)) note = child;
      for (const revision of child.children) consider(revision, uct);
    }
  };

  consider(tree.root, createUct(tree.root, explorationWeight));
  lookBelow(tree.root);
  for (const answer of tree.terminals) {
    owed += answer.proposing;
    lookBelow(answer);
  }
  return { owed, note, next };
}

/** One refinement per critique, also for one that said the same as another. */
function refinementsOwed(note: Node): number {
  if (note.children.length > note.repeats || note.failures >= FAILURES_BEFORE_CLOSING) return 0;
  return Math.max(0, 1 + note.repeats - samplesAt(note));
}

/**
 * MCTSr's rule: as many children as are allowed, and one of them better than the node itself; a node whose children are
 * all worse is asked on. While a child's reward is not known yet it may be the better one: so many are begun and no more,
 * at any width.
 */
export function isFullyExpanded(node: Node, maxChildren: number): boolean {
  if (node.failures >= FAILURES_BEFORE_CLOSING) return true;
  if (samplesAt(node) < maxChildren) return false;
  const quality = qualityOf(node);
  return node.proposing > 0 || node.children.some((child) => child.visits === 0 || child.value > quality);
}
