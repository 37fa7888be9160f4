import { FAILURES_BEFORE_CLOSING } from "../../core/draft.ts";
import { askedAt, type Node } from "../../core/node.ts";
import { best, judgementOf } from "../../core/selection/rank.ts";
import type { Selected } from "../../core/selection/selection.ts";
import { tally } from "../../core/selection/tally.ts";
import { chooseByValue } from "../../core/selection/value.ts";
import type { TreeView } from "../../core/tree-view.ts";

/** The role of the discriminator's completions. */
export const DISCRIMINATE = "discriminate";

/** Where a trajectory is cut: from here to there, as shares of its length. 20 and 50 % in the authors' code. */
const FIRST_CUT = 0.2;
const LAST_CUT = 0.5;

export interface DiscriminationRule {
  /** Masked suffixes of a trajectory; 0: no discrimination. */
  readonly suffixes: number;
  /** Final answers that are put to the test, those with the largest reward. */
  readonly candidates: number;
}

/** A final answer, what its candidates earned, and the trajectory that stands for it. */
export interface Contender {
  readonly answerClass: string;
  /** Rewards of its candidates over the number of all candidates, in [0, 1]. */
  readonly reward: number;
  /** Its best judged candidate. */
  readonly trajectory: Node;
}

export function contendersOf(tree: TreeView): readonly Contender[] {
  return tally(tree, judgementOf).flatMap(({ answerClass, weight, members }) => {
    const trajectory = best(members);
    return trajectory === null ? [] : [{ answerClass, reward: weight / tree.rollouts, trajectory }];
  });
}

/** The next completion by the discriminator; null when each trajectory has its own, or no choice is to be made. */
export function discriminationDue(
  tree: TreeView,
  rule: DiscriminationRule,
): { readonly node: Node; readonly count: number } | null {
  const contenders = contendersOf(tree).slice(0, rule.candidates);
  if (contenders.length < 2) return null;
  for (const { trajectory } of contenders) {
    for (const [node, wanted] of cutsOf(tree, trajectory, rule.suffixes)) {
      const count = wanted - askedAt(node, DISCRIMINATE);
      if (count > 0 && node.failures < FAILURES_BEFORE_CLOSING) return { node, count };
    }
  }
  return null;
}

/**
 * The nodes from which a trajectory's suffixes are masked, and how many of them: for each of `suffixes` cuts, spread evenly
 * from 20 to 50 % of its length, the last step boundary at or before it; the root, failing all else. Only nodes whose text
 * the trajectory begins with: a sub-question that was answered anew is not on it.
 */
export function cutsOf(tree: TreeView, trajectory: Node, suffixes: number): ReadonlyMap<Node, number> {
  const text = tree.textOf(trajectory);
  const above = tree.pathOf(trajectory).slice(0, -1);
  const boundaries = [tree.root, ...above]
    .map((node) => ({ node, prefix: tree.textOf(node) }))
    .filter(({ prefix }) => text.startsWith(prefix));
  const cuts = new Map<Node, number>();
  for (let index = 0; index < suffixes; index++) {
    const share = suffixes === 1 ? FIRST_CUT : FIRST_CUT + ((LAST_CUT - FIRST_CUT) * index) / (suffixes - 1);
    const { node } = boundaries.findLast(({ prefix }) => prefix.length <= share * text.length) ?? { node: tree.root };
    cuts.set(node, (cuts.get(node) ?? 0) + 1);
  }
  return cuts;
}

/** The share of its masked suffixes that the discriminator completed to the same final answer; 0 where it wrote none. */
export function survivalOf(tree: TreeView, { answerClass, trajectory }: Contender, suffixes: number): number {
  let consistent = 0;
  let cut = 0;
  for (const [node, count] of cutsOf(tree, trajectory, suffixes)) {
    const prefix = tree.textOf(node);
    let same = 0;
    let written = 0;
    for (const { role, thought, repeats } of node.children) {
      if (role !== DISCRIMINATE) continue;
      written += 1 + repeats;
      if (tree.answerClassIn(prefix + (thought?.text ?? "")) === answerClass) same += 1 + repeats;
    }
    if (written === 0) continue;
    consistent += (count * same) / written;
    cut += count;
  }
  return cut === 0 ? 0 : consistent / cut;
}

/** The final answer with the largest reward + survival rate, ties to the larger reward; a proven one before all. */
export function chooseContender(tree: TreeView, { suffixes, candidates }: DiscriminationRule): Selected | null {
  if (tree.solved !== null) return chooseByValue(tree);
  let chosen: Selected | null = null;
  for (const contender of contendersOf(tree).slice(0, Math.max(1, candidates))) {
    // Both are in [0, 1], and so is their mean.
    const score = (contender.reward + survivalOf(tree, contender, suffixes)) / 2;
    if (chosen === null || score > chosen.score) chosen = { node: contender.trajectory, score };
  }
  return chosen ?? chooseByValue(tree);
}
