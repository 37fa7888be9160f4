import { latestScore, type Node } from "../../core/node.ts";

/** What a child without visits is worth: it comes first, or its parent's value less a reduction in [0, 1]. */
export type FirstPlay = "infinite" | number;

/**
 * UCT with in-flight counts, WU-UCT (Liu et al. 2020, eq. 4) over UCB1 applied to trees (Kocsis and Szepesvári 2006):
 *
 *     Q + c * sqrt(2 * ln(N_parent + O_parent) / (n + O))
 *
 * Q in [0, 1] is the node's value, n the completed back-ups, O what is in flight. Only the exploration term counts what
 * is in flight: the value is never faked, as a virtual loss would. A node that nothing has touched comes first (+inf),
 * unless a first-play urgency says otherwise (Gelly and Wang 2006): then it is bounded as if it had been tried once. One
 * that is only in flight explores with its parent's value, less the reduction, as a stand-in for Q.
 */
export function uct(node: Node, parent: Node, explorationWeight: number, firstPlay: FirstPlay = "infinite"): number {
  const tries = node.visits + node.inFlight;
  const isCertain = firstPlay === "infinite" || tries > 0;
  return upperBound(valueOrFirstPlay(node, parent, firstPlay), isCertain ? tries : 1, parent, explorationWeight);
}

/** Q, or what stands in for it before the first visit. */
export function valueOrFirstPlay(node: Node, parent: Node, firstPlay: FirstPlay): number {
  if (node.visits > 0) return node.value;
  return firstPlay === "infinite" ? parent.value : parent.value - firstPlay;
}

/**
 * The same bound for one more sample at `node` itself, against which its children compete. This takes the place of
 * progressive widening, whose schedule does not look at values; AB-MCTS (Inoue et al. 2025) asks the same question by
 * Thompson sampling.
 */
export function widenBound(node: Node, explorationWeight: number): number {
  const { value, tries } = oneMoreSample(node);
  return upperBound(value, tries, node, explorationWeight);
}

/**
 * What one more sample is worth: the mean of what samples there have brought, a new child its first judgement, a
 * repetition nothing. The node's own value is one pseudo-sample (1 where nobody has judged it: optimism before evidence).
 * Poor children thus lead to another sample, a good one to going deeper.
 */
export function oneMoreSample(node: Node): { readonly value: number; readonly tries: number } {
  let samples = 0;
  let valueSum = latestScore(node)?.value ?? 1;
  for (const child of node.children) {
    samples += 1 + child.repeats;
    valueSum += child.scores[0]?.value ?? child.value;
  }
  return { value: valueSum / (1 + samples), tries: samples + node.proposing };
}

function upperBound(value: number, tries: number, parent: Node, explorationWeight: number): number {
  if (tries === 0) return Number.POSITIVE_INFINITY;
  const parentTries = Math.max(1, parent.visits + parent.inFlight);
  return value + explorationWeight * Math.sqrt((2 * Math.log(parentTries)) / tries);
}
