import { isNote, type Node } from "../../core/node.ts";

/** Two continuations of one prefix, the better and the worse, as step-level DPO learns from them. */
export interface PreferencePair {
  /** The node that both continue. */
  readonly prefix: Node;
  /** Steps that follow each other; more than one where the first has a single child, which has a single child... */
  readonly chosen: readonly Node[];
  readonly rejected: readonly Node[];
  /** N_l / (N_w + N_l), in (0, 0.5]: the label's noise in conservative DPO. */
  readonly alpha: number;
}

export interface PairOptions {
  /** `worst`: the lowest ranked sibling (MCTS-DPO's `choose_worst`). `second`: the one next to the chosen. */
  readonly rejected: "worst" | "second";
}

/**
 * MCTS-DPO's pairs (Xie et al. 2024), one for each level of the chosen path with two visited children or more: chosen is
 * the most visited child (the visit share is the search's policy pi; ties: higher Q, then created earlier), rejected the
 * worst or the second. Only nodes that were visited take part. Numbers are the tree's own: it can be any stored tree.
 */
export function preferencePairs(root: Node, { rejected }: PairOptions): PreferencePair[] {
  const pairs: PreferencePair[] = [];
  for (let prefix: Node | null = root; prefix !== null; ) {
    const ranked = rankedChildren(prefix);
    const best = ranked[0];
    const other = rejected === "worst" ? ranked.at(-1) : ranked[1];
    if (best === undefined) return pairs;
    const chosen = chainFrom(best);
    if (other !== undefined && other !== best) {
      pairs.push({ prefix, chosen, rejected: chainFrom(other), alpha: labelNoise(best.visits, other.visits) });
    }
    prefix = chosen.at(-1) ?? null;
  }
  return pairs;
}

/** alpha = N_l / (N_w + N_l), N_w at least 1, the whole at most a half: above that the label would be turned round. */
export function labelNoise(winnerVisits: number, loserVisits: number): number {
  return Math.min(0.5, loserVisits / (Math.max(1, winnerVisits) + loserVisits));
}

function rankedChildren(node: Node): Node[] {
  return node.children.filter(isVisited).sort((a, b) => b.visits - a.visits || b.value - a.value);
}

function chainFrom(first: Node): Node[] {
  const chain = [first];
  for (let at = first; ; ) {
    const [only, ...others] = at.children.filter(isVisited);
    if (only === undefined || others.length > 0) return chain;
    chain.push(only);
    at = only;
  }
}

function isVisited(node: Node): boolean {
  return node.visits > 0 && !isNote(node);
}
