import { latestScore, type Node } from "./node.ts";
import type { TreeView } from "./tree.ts";

/** How the served answer is chosen among completed candidates: a stage of its own, apart from what steers the search. */
export type SelectionName = "value" | "majority" | "weighted-majority";

export const SELECTIONS: Readonly<Record<SelectionName, (tree: TreeView) => Node | null>> = {
  value: selectByValue,
  majority: (tree) => selectByVote(tree, () => 1),
  "weighted-majority": (tree) => selectByVote(tree, (node) => latestScore(node)?.value ?? 0),
};

/** A verdict of 1, else the highest judgement; ties to what ended by itself, then to the earliest created. */
export function selectByValue(tree: TreeView): Node | null {
  return tree.solved ?? best(tree.terminals);
}

/**
 * The answer class with the most weight, ties to the class seen first; of that class the best member. Repeats vote.
 * Without a single parsable answer it falls back to the best candidate: an answer always comes back.
 */
function selectByVote(tree: TreeView, weightOf: (node: Node) => number): Node | null {
  const winner = tally(tree, weightOf)[0];
  return winner === undefined ? best(tree.terminals) : best(winner.members);
}

export interface AnswerClassTally {
  readonly answerClass: string;
  readonly weight: number;
  /** In creation order. */
  readonly members: readonly Node[];
}

/** Answer classes by falling weight; a stable sort, so that equal ones stay in the order in which they were created. */
export function tally(tree: TreeView, weightOf: (node: Node) => number): AnswerClassTally[] {
  const classes = new Map<string, { weight: number; members: Node[] }>();
  for (const node of tree.terminals) {
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

/**
 * Can no arrival change the majority any more? True when the leading class is ahead of the second by more than the
 * candidates still to come. Exact, so stopping on it never changes the answer.
 */
export function isMajoritySettled(tree: TreeView, stillToCome: number): boolean {
  const [first, second] = tally(tree, () => 1);
  return first !== undefined && first.weight - (second?.weight ?? 0) > stillToCome;
}

function best(nodes: readonly Node[]): Node | null {
  let chosen: Node | null = null;
  for (const node of nodes) {
    if (chosen === null || rank(node) > rank(chosen)) chosen = node;
  }
  return chosen;
}

/** Unjudged candidates rank below all judged ones; a cut-off answer ranks below a finished one of the same value. */
function rank(node: Node): number {
  const value = latestScore(node)?.value ?? -1;
  return value * 2 + (node.thought?.ending === "length" ? 0 : 1);
}
