import type { Backup } from "../../core/backup.ts";
import { askedAt, type Node } from "../../core/node.ts";

/**
 * A node is finished by several samples at once, and their judgements together are one return: each weighs 1 / votes, so
 * that W is the number of simulations. Partial answers have no value of their own, and a candidate that is judged again, as
 * all are at the end by votes, keeps the reward that it had in the search.
 */
export function rewardOf(votes: number): Backup {
  return {
    family: "mean",
    discount: 1,
    returnOf: (node, { value }) => ({ value, weight: node.isTerminal && node.scores.length === 1 ? 1 / votes : 0 }),
  };
}

/**
 * UCT as in the authors' code (Qi et al. 2024, eq. 1): Q + c * sqrt(ln N_parent / N), N in simulations, with what is in
 * flight counted (WU-UCT); a child without any comes first. Where nobody judges, the samples asked for stand for N, and the
 * parent's value for Q.
 */
export function createUct(parent: Node, explorationWeight: number, votes: number): (child: Node) => number {
  const logOfParent = Math.log(Math.max(1, simulationsAt(parent, votes)));
  return (child) => {
    const simulations = simulationsAt(child, votes);
    if (simulations === 0) return Number.POSITIVE_INFINITY;
    const value = child.weightSum > 0 ? child.value : parent.value;
    return value + explorationWeight * Math.sqrt(logOfParent / simulations);
  };
}

function simulationsAt(node: Node, votes: number): number {
  return Math.max(node.weightSum, askedAt(node, "finish") / votes) + node.inFlight / votes;
}
