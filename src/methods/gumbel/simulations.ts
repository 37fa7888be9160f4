import type { Node } from "../../core/node.ts";
import type { TreeView } from "../../core/tree-view.ts";

/** How often a node was simulated: candidates completed at or below it, and those still asked for. */
export type CountSimulations = (node: Node) => number;

/** As the tree stands now. O(width x depth). */
export function simulationsOf(tree: TreeView): CountSimulations {
  const asked = new Map<Node, number>();
  for (const { step } of tree.openSteps.values()) {
    if (step.type !== "propose") continue;
    for (let at: Node | null = tree.node(step.nodeId); at !== null; at = at.parent) {
      asked.set(at, (asked.get(at) ?? 0) + step.count);
    }
  }
  return (node) => node.rollouts + (asked.get(node) ?? 0);
}

/** What has been completed already. */
export const completed: CountSimulations = ({ rollouts }) => rollouts;
