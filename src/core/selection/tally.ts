import type { Node } from "../node.ts";
import type { TreeView } from "../tree-view.ts";

export interface AnswerClassTally {
  readonly answerClass: string;
  readonly weight: number;
  /** In creation order. */
  readonly members: readonly Node[];
}

/** Answer classes by falling weight; a stable sort, so that equal ones stay in the order in which they were created. */
export function tally(
  tree: TreeView,
  weightOf: (node: Node) => number,
  candidates: readonly Node[] = tree.terminals,
): AnswerClassTally[] {
  const classes = new Map<string, { weight: number; members: Node[] }>();
  for (const node of candidates) {
    const answerClass = tree.answerClassOf(node);
    if (answerClass === null) continue;
    const entry = classes.get(answerClass) ?? { weight: 0, members: [] };
    entry.weight += weightOf(node) * (1 + node.repeats);
    entry.members.push(node);
    classes.set(answerClass, entry);
  }
  return [...classes]
    .map(([answerClass, { weight, members }]) => ({ answerClass, weight, members }))
    .sort((a, b) => b.weight - a.weight);
}
