import { latestScore, type Node } from "../node.ts";

/** What a node is worth to a choice, in [0, 1]; null where nothing is known about it. */
export type WorthOf = (node: Node) => number | null;

/** The node of the highest value; ties to what ended by itself, then to the earliest created. Unknown is below all known. */
export function best(nodes: readonly Node[], worthOf: WorthOf = judgedValue): Node | null {
  let chosen: Node | null = null;
  let chosenValue = 0;
  for (const node of nodes) {
    const value = worthOf(node) ?? UNKNOWN;
    const isBetter =
      chosen === null || value > chosenValue || (value === chosenValue && isCutOff(chosen) && !isCutOff(node));
    if (!isBetter) continue;
    chosen = node;
    chosenValue = value;
  }
  return chosen;
}

/** Nodes by falling judgement; stable. */
export function byRank(nodes: readonly Node[]): Node[] {
  const worthOf = (node: Node): number => judgedValue(node) ?? UNKNOWN;
  return [...nodes].sort((a, b) => worthOf(b) - worthOf(a) || Number(isCutOff(a)) - Number(isCutOff(b)));
}

export function judgementOf(node: Node): number {
  return judgedValue(node) ?? 0;
}

const UNKNOWN = -1;

/** The latest judgement; null before the first. */
export function judgedValue(node: Node): number | null {
  return latestScore(node)?.value ?? null;
}

function isCutOff(node: Node): boolean {
  return node.thought?.ending === "length";
}
