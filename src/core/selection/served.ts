import { isVetoed } from "../node.ts";
import type { TreeView } from "../tree-view.ts";
import { best } from "./rank.ts";
import type { Selected, Selection } from "./selection.ts";
import { value } from "./value.ts";

/**
 * The candidate to serve: the one that is chosen, as long as no gate has vetoed it; else the best that none has; and where
 * all are vetoed one of these, for an answer always comes back: what ended by itself, then the earliest.
 */
export function servedOf(tree: TreeView, choose: Selection["choose"]): Selected | null {
  const chosen = choose(tree);
  if (chosen !== null && !isVetoed(chosen.node)) return chosen;
  return value.choose(tree) ?? asVetoed(best(tree.vetoed));
}

function asVetoed(node: Selected["node"] | null): Selected | null {
  return node === null ? null : { node, score: 0 };
}
