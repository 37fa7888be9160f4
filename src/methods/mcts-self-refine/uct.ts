import type { Node } from "../../core/node.ts";

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
 * dummy is its own father. For all answers of one father at once: what is the father's is worked out once.
 */
export function createUct(father: Node, explorationWeight: number): (answer: Node) => number {
  const standIn = qualityOf(father);
  const scale = explorationWeight * Math.sqrt(Math.log(Math.max(1, triesOf(father))) + 1);
  return (answer) => (answer.visits > 0 ? qualityOf(answer) : standIn) + scale / Math.sqrt(triesOf(answer) + EPSILON);
}

function triesOf(node: Node): number {
  return node.visits + node.inFlight;
}
