import { isRefuted, type Node } from "../core/node.ts";

/** What decides where a tree search goes on. */
export interface DescentRule {
  /** Nothing may be asked at or below the node, ever: failed too often, too deep. Terminal and refuted nodes are anyway. */
  isClosed(node: Node): boolean;
  /** Can the node take one more proposal: now, perhaps later (it hangs on what is in flight), or never again? */
  widening(node: Node): "now" | "later" | "never";
  /** Where to go from `place.node`: to one of its open children, or the node itself for a proposal there. */
  choose(place: Place): Node;
}

/** A node on the way down. It has an open child, or can be widened, or both. */
export interface Place {
  readonly node: Node;
  /** Children that can be entered, in creation order. */
  readonly open: readonly Node[];
  readonly canWiden: boolean;
  /** The descent began here. */
  readonly isRoot: boolean;
}

/**
 * From a node down to where the next proposal is made; null when there is no such place now. A node is exhausted when it
 * can never be widened again and every child is closed or exhausted. That is found on the way, from the bottom up, and
 * final (nothing is in flight at or below such a node), so a method keeps it from decision to decision in `exhausted`: no
 * decision walks the whole tree.
 */
export function descend(from: Node, rule: DescentRule, exhausted: WeakSet<Node>): Node | null {
  const isOver = (node: Node): boolean =>
    node.isTerminal || isRefuted(node) || exhausted.has(node) || rule.isClosed(node);

  const go = (node: Node): Node | null => {
    const widening = rule.widening(node);
    const canWiden = widening === "now";
    let open = node.children.filter((child) => !isOver(child));
    while (open.length > 0 || canWiden) {
      const chosen = rule.choose({ node, open, canWiden, isRoot: node === from });
      if (chosen === node) return node;
      const found = go(chosen);
      if (found !== null) return found;
      // Nothing to ask there: it is exhausted, or all of it hangs on what is in flight.
      open = open.filter((child) => child !== chosen);
    }
    if (widening === "never" && node.proposing === 0 && node.children.every(isOver)) exhausted.add(node);
    return null;
  };

  return isOver(from) ? null : go(from);
}
