import type { Backup } from "../../core/backup.ts";
import { isRefuted, latestScore, type Node } from "../../core/node.ts";
import type { TreeView } from "../../core/tree-view.ts";

/** Candidates at and below a node with a verdict, repetitions included. */
export interface Outcomes {
  readonly right: number;
  readonly judged: number;
}

export type OutcomesOf = (node: Node) => Outcomes;

/** Only verdicts on candidates count: W is then the number of right ones, the weight that of all, kept by the fold. */
export const OUTCOMES: Backup = {
  family: "mean",
  discount: 1,
  returnOf: (node, { value, kind }) => ({ value, weight: node.isTerminal && kind === "verdict" ? 1 : 0 }),
};

/** Of a tree folded with `OUTCOMES`. */
export const outcomesKept: OutcomesOf = ({ valueSum, weightSum }) => ({ right: valueSum, judged: weightSum });

const NO_OUTCOMES: Outcomes = { right: 0, judged: 0 };

/** Of any tree: counted from its candidates. */
export function countOutcomes(tree: TreeView): OutcomesOf {
  const counts = new Map<Node, Outcomes>();
  for (const candidate of tree.terminals) {
    if (!isRight(candidate) && !isRefuted(candidate)) continue;
    const times = 1 + candidate.repeats;
    for (let at: Node | null = candidate; at !== null; at = at.parent) {
      const { right, judged } = counts.get(at) ?? NO_OUTCOMES;
      counts.set(at, { right: right + (isRight(candidate) ? times : 0), judged: judged + times });
    }
  }
  return (node) => counts.get(node) ?? NO_OUTCOMES;
}

export function isRight(candidate: Node): boolean {
  const score = latestScore(candidate);
  return score !== null && score.kind === "verdict" && score.value === 1;
}
