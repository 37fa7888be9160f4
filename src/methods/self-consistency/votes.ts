import { type AnswerClassTally, tally } from "../../core/selection/tally.ts";
import type { TreeView } from "../../core/tree-view.ts";

/** Answer classes by falling votes, counted once per arrival and not once per decision. */
export function createVoteCount(): (tree: TreeView) => readonly AnswerClassTally[] {
  // A vote comes with each rollout and with nothing else, so an equal number of rollouts is an equal count.
  const known = new WeakMap<TreeView, { readonly rollouts: number; readonly classes: readonly AnswerClassTally[] }>();
  return (tree) => {
    const { rollouts } = tree;
    const last = known.get(tree);
    if (last?.rollouts === rollouts) return last.classes;
    const classes = tally(tree, () => 1);
    known.set(tree, { rollouts, classes });
    return classes;
  };
}
