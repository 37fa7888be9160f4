import { FAILURES_BEFORE_CLOSING } from "../../core/draft.ts";
import { isNote, type Node, samplesAt } from "../../core/node.ts";
import type { TreeView } from "../../core/tree-view.ts";

/** How many chains, and how many answers each has at most. Their product is the number of rollouts, rounded up. */
export interface ChainPlan {
  readonly chains: number;
  readonly length: number;
}

export function planOf(rollouts: number, chains: number): ChainPlan {
  const count = Math.min(chains, rollouts);
  return { chains: count, length: Math.ceil(rollouts / count) };
}

export interface ChainStanding {
  /** A critique whose refinement is due. */
  readonly note: Node | null;
  /** Where a chain goes on: the root or an answer. Shorter chains first. */
  readonly next: Node | null;
  /** Answers that critiques, asked for or already here, will lead to. */
  readonly owed: number;
}

/**
 * Chains are paths from the root. Equal answers are one node, so a node that came r + 1 times stands in r + 1 chains and
 * is continued as often.
 */
export function standingOf(tree: TreeView, plan: ChainPlan): ChainStanding {
  let next: Node | null = missingAt(tree.root, plan.chains) > 0 ? tree.root : null;
  let note: Node | null = null;
  let owed = 0;
  let level: readonly Node[] = tree.root.children;
  // Level by level: all chains have their first answer before any has its second revision, whoever answers first.
  for (let answers = 1; level.length > 0; answers++) {
    const below: Node[] = [];
    for (const answer of level) {
      if (answers < plan.length && missingAt(answer, 1 + answer.repeats) > 0) next ??= answer;
      for (const child of answer.children) {
        if (!isNote(child)) {
          below.push(child);
          continue;
        }
        const missing = Math.max(0, missingAt(child, 1 + child.repeats));
        owed += missing;
        if (missing > 0) note ??= child;
        below.push(...child.children);
      }
    }
    level = below;
  }
  return { note, next, owed };
}

function missingAt(node: Node, wanted: number): number {
  return node.failures >= FAILURES_BEFORE_CLOSING ? 0 : wanted - samplesAt(node);
}

/** The candidates of each chain: those below one fresh answer, it included, in creation order. */
export function candidatesByChain(tree: TreeView): readonly (readonly Node[])[] {
  const chains = new Map<Node, Node[]>();
  for (const candidate of tree.terminals) {
    let head = candidate;
    while (head.parent !== null && head.parent.parent !== null) head = head.parent;
    chains.set(head, [...(chains.get(head) ?? []), candidate]);
  }
  return [...chains.values()];
}
