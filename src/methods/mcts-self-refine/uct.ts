import type { Node } from "../../core/node.ts";
import { revisedFrom } from "../../core/revisions.ts";

/** Keeps an answer that nothing has touched finite; as in the authors' code. */
const EPSILON = 1e-5;

/**
 * Q of an answer, blended with its best revision by the back-up. The tree's root stands for the paper's dummy answer "I
 * don't know", whose own reward is the least there is: Q = (0 + best Q below) / 2.
 */
export function qualityOf(node: Node): number {
  return node.parent === null ? node.value / 2 : node.value;
}

/**
 * UCT of MCTSr (Zhang et al. 2024, eq. 4): Q(a) + c * sqrt((ln N(father) + 1) / (N(a) + epsilon)), with what is in flight
 * counted as visits (WU-UCT). An answer that waits for its first judgement explores with its father's Q for a stand-in; the
 * dummy is its own father.
 */
export function uct(node: Node, explorationWeight: number): number {
  const father = revisedFrom(node);
  const quality = qualityOf(node.visits > 0 ? node : father);
  const exploration = Math.sqrt((Math.log(Math.max(1, triesOf(father))) + 1) / (triesOf(node) + EPSILON));
  return quality + explorationWeight * exploration;
}

function triesOf(node: Node): number {
  return node.visits + node.inFlight;
}
