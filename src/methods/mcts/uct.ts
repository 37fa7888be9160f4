import type { Node } from "../../core/tree.ts";

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
  const tries = node.visits + node.inFlight;
  if (tries === 0) return Number.POSITIVE_INFINITY;
  const value = node.visits > 0 ? node.valueSum / node.visits : meanReturn(parent);
  const parentTries = Math.max(1, parent.visits + parent.inFlight);
  return value + explorationWeight * Math.sqrt((2 * Math.log(parentTries)) / tries);
}

function meanReturn(node: Node): number {
  return node.visits > 0 ? node.valueSum / node.visits : 0;
}
