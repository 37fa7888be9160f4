import { isVetoed, type Node } from "../../core/node.ts";
import type { TreeView } from "../../core/tree-view.ts";
import type { StepDistance } from "../step-distance.ts";
import type { Likeness } from "./options.ts";

/** The role of the comparisons: 1 says that the first comes to the same as the second. */
export const SAME = "same";

/** AlphaLLM's code drops a step when more than this share of its siblings is called the same. */
const SHARE_OF_SAME = 0.2;

/** By edit distance to the nearest option. */
export function likenessByEdit(
  candidate: Node,
  kept: readonly Node[],
  distance: StepDistance,
  threshold: number,
): Likeness {
  const nearest = kept.reduce((min, option) => Math.min(min, distance(candidate, option)), 1);
  return { type: "known", isMerged: kept.length > 0 && nearest < threshold, likeness: 1 - nearest };
}

/** By what the judge said of the candidate beside each option; a judgement that says nothing (0.5) is no sameness. */
export function likenessByJudge(tree: TreeView, candidate: Node, kept: readonly Node[]): Likeness {
  const pairs: (readonly [Node, Node])[] = [];
  let same = 0;
  for (const option of kept) {
    // Nobody is paid to look at what cannot be served.
    if (isVetoed(option)) continue;
    const said = tree.comparisonOf(SAME, candidate.id, option.id);
    if (said === null) pairs.push([candidate, option]);
    else if (said > 0.5) same++;
  }
  if (pairs.length > 0) return { type: "unknown", pairs };
  const likeness = kept.length === 0 ? 0 : same / kept.length;
  return { type: "known", isMerged: likeness > SHARE_OF_SAME, likeness };
}

/** Equal texts are one node already. */
export const UNLIKE: Likeness = { type: "known", isMerged: false, likeness: 0 };
