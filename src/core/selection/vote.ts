import type { Node } from "../node.ts";
import type { TreeView } from "../tree-view.ts";
import { best, judgedValue, type WorthOf } from "./rank.ts";
import type { Selected, Selection } from "./selection.ts";
import { type AnswerClassTally, tally } from "./tally.ts";

/** The largest class of equal answers (Wang et al. 2023); its score is its share of all candidates, unparsable included. */
export const majority: Selection = {
  name: "majority",
  summary: "The most frequent final answer; ties to the one seen first.",
  comparators: {},
  choose: (tree) =>
    chooseClass(
      tree.terminals,
      tally(tree, () => 1),
      tree.rollouts,
    ),
};

/** The class with the largest sum of judgements: a* = argmax_a of the sum of s_i over all i with answer a (Li et al. 2023). */
export const weightedMajority: Selection = {
  name: "weighted-majority",
  summary: "The final answer with the largest sum of judgements.",
  comparators: {},
  choose: (tree) => chooseByWeightedVote(tree),
};

/** The same by any value of a candidate, and among some candidates only. */
export function chooseByWeightedVote(
  tree: TreeView,
  worthOf: WorthOf = judgedValue,
  candidates: readonly Node[] = tree.terminals,
): Selected | null {
  const weightOf = (node: Node): number => worthOf(node) ?? 0;
  const total = candidates.reduce((sum, node) => sum + weightOf(node) * (1 + node.repeats), 0);
  return chooseClass(candidates, tally(tree, weightOf, candidates), total, worthOf);
}

/**
 * The winning class, and of it the best member. Without a single parsable answer it falls back to the best candidate: an
 * answer always comes back.
 */
export function chooseClass(
  candidates: readonly Node[],
  classes: readonly AnswerClassTally[],
  total: number,
  worthOf: WorthOf = judgedValue,
): Selected | null {
  const winner = classes[0];
  const node = best(winner?.members ?? candidates, worthOf);
  return node === null ? null : { node, score: winner === undefined || total === 0 ? 0 : winner.weight / total };
}
