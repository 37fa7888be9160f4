import type { Node } from "../../core/node.ts";

/** AlphaLLM's UCT, Q + c * sqrt(ln N / n), with what is in flight in both; n is the weight of the evaluations. */
export function uct(node: Node, parent: Node, explorationWeight: number): number {
  const tries = node.weightSum + node.inFlight;
  if (tries === 0) return Number.POSITIVE_INFINITY;
  const value = node.weightSum > 0 ? node.value : parent.value;
  const parentTries = Math.max(1, parent.weightSum + parent.inFlight);
  return value + explorationWeight * Math.sqrt(Math.log(parentTries) / tries);
}

/** The child with the largest bound; of equals the first. One of them there is. */
export function mostPromising(parent: Node, children: readonly Node[], explorationWeight: number): Node {
  let best = parent;
  let bestBound = Number.NEGATIVE_INFINITY;
  for (const child of children) {
    const bound = uct(child, parent, explorationWeight);
    if (bound > bestBound) {
      best = child;
      bestBound = bound;
    }
  }
  return best;
}
