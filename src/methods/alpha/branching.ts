import { latestScore, type Node } from "../../core/node.ts";
import type { Parameters } from "./parameters.ts";

/**
 * How many options a node may have: n(s) = max(c_min, min(floor(alpha * I(s)), c_max)), the root its own c_min. It never
 * shrinks below what the node has already (`taken`).
 *
 * AlphaLLM's code keeps the largest n it has ever had; ours is told from the tree as it is, so that a widening which was due
 * and not carried out may lapse.
 */
export function optionsWanted(node: Node, options: readonly Node[], taken: number, parameters: Parameters): number {
  const { min_children, root_children, max_children, width_factor, importance } = parameters;
  const least = node.parent === null ? root_children : min_children;
  const spread = importance === "code" ? spreadOfValues(options) : gainOverNode(node, options);
  return Math.max(least, Math.min(Math.floor(width_factor * spread), max_children), taken);
}

/** max over the options of |Q - mean Q|. */
export function spreadOfValues(options: readonly Node[]): number {
  const known = options.filter(({ visits }) => visits > 0);
  const mean = known.reduce((sum, { value }) => sum + value, 0) / Math.max(1, known.length);
  return known.reduce((max, { value }) => Math.max(max, Math.abs(value - mean)), 0);
}

/** max over the options of |v(option) - v(node)|; where nobody has judged the node itself, Q stands for its v. */
export function gainOverNode(node: Node, options: readonly Node[]): number {
  const own = latestScore(node)?.value ?? node.value;
  return options.reduce((max, option) => Math.max(max, Math.abs((latestScore(option)?.value ?? own) - own)), 0);
}
