import type { Node } from "../../core/node.ts";

/** The best of each group of `size` samples as given, ties to the earliest; null where none of a group may go on. */
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
