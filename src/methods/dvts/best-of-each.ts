import type { Node } from "../../core/node.ts";

/** The best of each group of `size` samples in the order given, ties to the earliest; null for a group that may not go on. */
export function bestOfEach(
  samples: readonly Node[],
  size: number,
  scoreOf: (node: Node) => number,
  mayGoOn: (node: Node) => boolean,
): (Node | null)[] {
  const winners: (Node | null)[] = [];
  for (let from = 0; from < samples.length; from += size) {
    let best: Node | null = null;
    for (const node of samples.slice(from, from + size)) {
      if (mayGoOn(node) && (best === null || scoreOf(node) > scoreOf(best))) best = node;
    }
    winners.push(best);
  }
  return winners;
}
