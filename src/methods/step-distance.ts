import type { Node } from "../core/node.ts";
import { editShare } from "./edit-distance.ts";

/** How far two sibling steps are apart, in [0, 1]: 0 says the same. Whitespace at the ends and case do not count. */
export type StepDistance = (first: Node, second: Node) => number;

/** By edit distance over the longer text. Texts do not change, so every pair is compared once. */
export function createStepDistance(): StepDistance {
  const known = new WeakMap<Node, Map<Node, number>>();
  return (first, second) => {
    const ofFirst = known.get(first) ?? new Map<Node, number>();
    known.set(first, ofFirst);
    const found = ofFirst.get(second);
    if (found !== undefined) return found;
    const distance = editShare(textOf(first), textOf(second));
    ofFirst.set(second, distance);
    return distance;
  };
}

function textOf({ thought }: Node): string {
  return (thought?.text ?? "").trim().toLowerCase();
}
