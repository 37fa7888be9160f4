import type { Node } from "../node.ts";
import type { TreeView } from "../tree-view.ts";
import { best, judgementOf } from "./rank.ts";
import type { Selected, Selection } from "./selection.ts";
import { type AnswerClassTally, tally } from "./tally.ts";

/** The largest class of equal answers (Wang et al. 2023); its score is its share of all candidates, unparsable included. */
export const majority: Selection = {
  name: "majority",
  summary: "The most frequent final answer; ties to the one seen first.",
  comparators: {},
  choose: (tree) =>
    chooseClass(
      tree,
      tally(tree, () => 1),
      tree.rollouts,
    ),
};

/** The class with the largest sum of judgements: a* = argmax_a of the sum of s_i over all i with answer a (Li et al. 2023). */
export const weightedMajority: Selection = {
  name: "weighted-majority",
  summary: "The final answer with the largest sum of judgements.",
  comparators: {},
  choose: (tree) => {
    const total = tree.terminals.reduce((sum, node) => sum + judgementOf(node) * (1 + node.repeats), 0);
    return chooseClass(tree, tally(tree, judgementOf), total);
  },
};

/**
 * The winning class, and of it the best member. Without a single parsable answer it falls back to the best candidate: an
 * answer always comes back.
 */
export function chooseClass(tree: TreeView, classes: readonly AnswerClassTally[], total: number): Selected | null {
  const winner = classes[0];
  const node: Node | null = best(winner?.members ?? tree.terminals);
  return node === null ? null : { node, score: winner === undefined || total === 0 ? 0 : winner.weight / total };
}
