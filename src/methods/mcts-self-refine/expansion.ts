import { FAILURES_BEFORE_CLOSING } from "../../core/draft.ts";
import { isNote, type Node, samplesAt } from "../../core/node.ts";
import type { TreeView } from "../../core/tree-view.ts";
import { createUct, qualityOf } from "./uct.ts";

/** What the search has begun and what it would take up next. */
export interface Standing {
  /** Rollouts that critiques, asked for or already here, will lead to. */
  readonly owed: number;
  /** A critique whose refinement is due, the earliest created. */
  readonly note: Node | null;
  /** The answer to take up next, or the root for a fresh one; null while there is none. Ties to the earliest created. */
  readonly next: Node | null;
}

/** The same of what is below one answer, with the bound of `next`. */
interface Below extends Standing {
  readonly touches: number;
  readonly bound: number;
}

/**
 * MCTSr takes the best of all answers, wherever they hang. What is below an answer is summed up once and remembered for
 * as long as nothing below it changes, so that a decision looks at the paths that have changed and not at all answers: a
 * cache, never a state.
 */
export function createStanding(explorationWeight: number, maxChildren: number): (tree: TreeView) => Standing {
  const known = new WeakMap<Node, Below>();

  const sumUp = (father: Node): Below => {
    let owed = father.parent === null ? 0 : father.proposing;
    let note: Node | null = null;
    let next: Node | null = null;
    let bound = Number.NEGATIVE_INFINITY;
    const takeUp = (answer: Node | null, own: number): void => {
      if (answer === null || own < bound || (own === bound && next !== null && answer.order > next.order)) return;
      next = answer;
      bound = own;
    };
    const refine = (critique: Node | null): void => {
      if (critique !== null && (note === null || critique.order < note.order)) note = critique;
    };
    const uct = createUct(father, explorationWeight);
    const lookAt = (answer: Node): void => {
      if (!isFullyExpanded(answer, maxChildren)) takeUp(answer, uct(answer));
      const below = belowOf(answer);
      owed += below.owed;
      refine(below.note);
      takeUp(below.next, below.bound);
    };
    for (const child of father.children) {
      if (!isNote(child)) {
        lookAt(child);
        continue;
      }
      const missing = refinementsOwed(child);
      owed += missing;
      if (missing > 0) refine(child);
      for (const revision of child.children) lookAt(revision);
    }
    return { touches: father.touches, owed, note, next, bound };
  };

  const belowOf = (father: Node): Below => {
    const before = known.get(father);
    if (before !== undefined && before.touches === father.touches) return before;
    const now = sumUp(father);
    known.set(father, now);
    return now;
  };

  return ({ root }) => {
    const below = belowOf(root);
    // The root is its own father, and the earliest of all: on a tie a fresh answer is asked for.
    const isRootFirst = createUct(root, explorationWeight)(root) >= below.bound;
    return isRootFirst && !isFullyExpanded(root, maxChildren) ? { ...below, next: root } : below;
  };
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
