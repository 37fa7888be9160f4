import type { Node } from "./node.ts";
import type { TreeView } from "./tree-view.ts";
import type { Verifier } from "./verifier.ts";

/**
 * How the scores of a path's steps become one score of the path (ALGORITHMS.md 4.2): product (Lightman et al. 2023),
 * minimum (Math-Shepherd), last step (Snell et al. 2024), mean, and the geometric mean `log-mean` = exp(mean of logs).
 */
export const AGGREGATIONS = ["prod", "min", "last", "mean", "log-mean"] as const;
export type Aggregation = (typeof AGGREGATIONS)[number];

/** Of values in [0, 1], in order of the path; the result is in [0, 1]. Null without values. */
export function aggregate(values: readonly number[], aggregation: Aggregation): number | null {
  const last = values[values.length - 1];
  if (last === undefined) return null;
  switch (aggregation) {
    case "prod":
      return values.reduce((product, value) => product * value, 1);
    case "min":
      return Math.min(...values);
    case "last":
      return last;
    case "mean":
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    case "log-mean":
      return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
  }
}

/**
 * The latest judgements of the steps from the root to the node, in order; unjudged steps are left out. A verdict on the
 * node itself, or a veto, stands alone: it is about the whole path.
 */
export function stepScoresOf(tree: TreeView, node: Node): number[] {
  const own = node.scores[node.scores.length - 1];
  if (own !== undefined && own.kind !== "estimate") return [own.value];
  return tree.pathOf(node).flatMap(({ scores }) => scores[scores.length - 1]?.value ?? []);
}

export function pathScore(tree: TreeView, node: Node, aggregation: Aggregation): number | null {
  return aggregate(stepScoresOf(tree, node), aggregation);
}

/**
 * The path score that decides in a round what goes on; null where there is none. A comparative verifier judges answers
 * once, at the very end, and what was decided before must not look different then: it steers by partial answers only.
 */
export function steeringScore(
  tree: TreeView,
  node: Node,
  aggregation: Aggregation,
  verifier: Pick<Verifier, "isComparative"> | null,
): number | null {
  return node.isTerminal && verifier?.isComparative === true ? null : pathScore(tree, node, aggregation);
}
