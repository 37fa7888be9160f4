import { isVetoed, type Node } from "../node.ts";
import type { Selected, Selection } from "./selection.ts";

/**
 * The robust child (Chaslot et al. 2008): from the root always to the most visited child below which a candidate is;
 * ties to the higher value, then to the earliest created. Its score is the share of the root's visits that went through
 * the first step.
 */
export const visits: Selection = {
  name: "visits",
  summary: "The candidate at the end of the most visited path.",
  comparators: {},
  choose: (tree) => {
    const node = mostVisitedTerminal(tree.root);
    return node === null ? null : { node, score: shareOf(node) };
  },
};

function mostVisitedTerminal(node: Node): Node | null {
  const children = [...node.children].sort((a, b) => b.visits - a.visits || b.value - a.value);
  for (const child of children) {
    const found = mostVisitedTerminal(child);
    if (found !== null) return found;
  }
  return node.isTerminal && !isVetoed(node) ? node : null;
}

function shareOf(terminal: Node): Selected["score"] {
  let first = terminal;
  while (first.parent !== null && first.parent.parent !== null) first = first.parent;
  const all = first.parent?.visits ?? 0;
  return all === 0 ? 0 : Math.min(1, first.visits / all);
}
