import { latestScore, type Node } from "../../core/node.ts";

/**
 * UCT with in-flight counts, WU-UCT (Liu et al. 2020, eq. 4) over UCB1 applied to trees (Kocsis and Szepesvári 2006):
 *
 *     Q + c * sqrt(2 * ln(N_parent + O_parent) / (n + O))
 *
 * Q in [0, 1] is the mean return, n the completed back-ups, O what is in flight. Only the exploration term counts what
 * is in flight: the value is never faked, as a virtual loss would. A node that nothing has touched comes first (+inf);
 * one that is only in flight explores with its parent's mean as a stand-in for Q.
 */
export function uct(node: Node, parent: Node, explorationWeight: number): number {
  const value = node.visits > 0 ? meanReturn(node) : meanReturn(parent);
  return upperBound(value, node.visits + node.inFlight, parent, explorationWeight);
}

/**
 * The same bound for one more sample at `node` itself, against which its children compete. Its value is the mean of what
 * samples there have brought: a new child its first judgement, a repetition nothing. The node's own value is one
 * pseudo-sample (1 where nobody has judged it: optimism before evidence). Poor children thus lead to another sample, a
 * good one to going deeper. This takes the place of progressive widening, whose schedule does not look at values;
 * AB-MCTS (Inoue et al. 2025) asks the same question by Thompson sampling.
 */
export function widenBound(node: Node, explorationWeight: number): number {
  let samples = 0;
  let valueSum = latestScore(node)?.value ?? 1;
  for (const child of node.children) {
    samples += 1 + child.repeats;
    valueSum += child.scores[0]?.value ?? meanReturn(child);
  }
  return upperBound(valueSum / (1 + samples), samples + node.proposing, node, explorationWeight);
}

function upperBound(value: number, tries: number, parent: Node, explorationWeight: number): number {
  if (tries === 0) return Number.POSITIVE_INFINITY;
  const parentTries = Math.max(1, parent.visits + parent.inFlight);
  return value + explorationWeight * Math.sqrt((2 * Math.log(parentTries)) / tries);
}

function meanReturn(node: Node): number {
  return node.visits > 0 ? node.valueSum / node.visits : 0;
}
