import type { Node } from "../../core/node.ts";
import { SIMULATE } from "./returns.ts";

/** A node's options: what of its samples says something of its own. */
export interface Options {
  /** In creation order. */
  readonly kept: readonly Node[];
  /** Places taken: by the kept ones, and by places given up because every sample for them repeated one of these. */
  readonly taken: number;
  /** Pairs, the candidate first, that must be compared before the next candidate can be placed; [] where none must. */
  readonly undecided: readonly (readonly [Node, Node])[];
}

/** How like its siblings a candidate is. */
export type Likeness =
  /** `likeness`: 1 is the same, 0 nothing alike. Merged: it counts as the same as one of them. */
  | { readonly type: "known"; readonly isMerged: boolean; readonly likeness: number }
  | { readonly type: "unknown"; readonly pairs: readonly (readonly [Node, Node])[] };

export type LikenessOf = (candidate: Node, kept: readonly Node[]) => Likeness;

/**
 * AlphaLLM's state merge over the samples in creation order: a sample unlike all options is an option. One that is like an
 * option is a trial; after `maxTrials` more of these in a row the farthest of the trials takes the place after all (not
 * the last, as the paper's loop has it), and a place for which there are only repetitions is given up. A final answer is
 * never sampled anew.
 */
export function optionsOf(node: Node, likenessOf: LikenessOf, maxTrials: number): Options {
  const kept: Node[] = [];
  let givenUp = 0;
  let trials: { readonly node: Node; readonly likeness: number }[] = [];
  for (const candidate of samplesInOrder(node)) {
    const isRepeat = kept.includes(candidate);
    if (candidate.isTerminal) {
      if (isRepeat) givenUp++;
      else kept.push(candidate);
      trials = [];
      continue;
    }
    const likeness: Likeness = isRepeat ? { type: "known", isMerged: true, likeness: 1 } : likenessOf(candidate, kept);
    if (likeness.type === "unknown") return { kept, taken: kept.length + givenUp, undecided: likeness.pairs };
    if (!likeness.isMerged) {
      kept.push(candidate);
      trials = [];
      continue;
    }
    trials.push({ node: candidate, likeness: likeness.likeness });
    if (trials.length <= maxTrials) continue;
    const farthest = farthestOf(trials, kept);
    if (farthest === null) givenUp++;
    else kept.push(farthest);
    trials = [];
  }
  return { kept: kept.sort((a, b) => a.order - b.order), taken: kept.length + givenUp, undecided: [] };
}

/** Every sample of an option, a node as often as it was said. */
function samplesInOrder({ children }: Node): Node[] {
  const samples = children
    .filter(({ role }) => role !== SIMULATE)
    .flatMap((child) => child.samples.map((order) => ({ child, order })));
  return samples.sort((a, b) => a.order - b.order).map(({ child }) => child);
}

function farthestOf(trials: readonly { readonly node: Node; readonly likeness: number }[], kept: readonly Node[]) {
  let farthest: Node | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const { node, likeness } of trials) {
    if (kept.includes(node) || likeness >= least) continue;
    farthest = node;
    least = likeness;
  }
  return farthest;
}
