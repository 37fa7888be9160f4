import { latestScore, type Node } from "../node.ts";

/** The node with the highest judgement; ties to what ended by itself, then to the earliest created. */
export function best(nodes: readonly Node[]): Node | null {
  let chosen: Node | null = null;
  for (const node of nodes) {
    if (chosen === null || rank(node) > rank(chosen)) chosen = node;
  }
  return chosen;
}

/** Nodes by falling judgement; stable. */
export function byRank(nodes: readonly Node[]): Node[] {
  return [...nodes].sort((a, b) => rank(b) - rank(a));
}

export function judgementOf(node: Node): number {
  return latestScore(node)?.value ?? 0;
}

/** Unjudged candidates rank below all judged ones; a cut-off answer ranks below a finished one of the same value. */
function rank(node: Node): number {
  const value = latestScore(node)?.value ?? -1;
  return value * 2 + (node.thought?.ending === "length" ? 0 : 1);
}
