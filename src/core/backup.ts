import { latestScore, type MutableNode, type Node } from "./node.ts";
import type { Score } from "./verifier.ts";

/**
 * How a judgement changes the values of the nodes above it. One switch, four families (ALGORITHMS.md 4.5):
 *
 * | Family           | Value of a node                                                              | From |
 * |------------------|------------------------------------------------------------------------------|------|
 * | `mean`           | weighted mean of all returns at and below it                                  | UCT, Agent Q eq. 8 |
 * | `visit-weighted` | Q = r + discount * V, V the visit-weighted mean of the children's Q            | MCTS-DPO |
 * | `max-blend`      | half its own value, half its best child's                                     | MCTSr |
 * | `max`            | the best evaluated leaf below it                                              | exact checkers |
 */
export interface Backup {
  readonly family: BackupFamily;
  /** In (0, 1]; `visit-weighted` only. */
  readonly discount: number;
  /** What one judgement counts for in `mean`; its value with weight 1 where absent. Value in [0, 1], weight >= 0. */
  readonly returnOf?: (node: Node, score: Score) => Return;
}

export type BackupFamily = "mean" | "visit-weighted" | "max-blend" | "max";

export interface Return {
  readonly value: number;
  readonly weight: number;
}

export const MEAN_RETURN: Backup = { family: "mean", discount: 1 };

/** Counts one judgement at `node` and renews the values up to the root. O(depth) for `mean`, else O(depth x branching). */
export function backUp(node: MutableNode, score: Score, backup: Backup): void {
  const { value, weight } = backup.returnOf?.(node, score) ?? { value: score.value, weight: 1 };
  for (let at: MutableNode | null = node; at !== null; at = at.parent) {
    at.visits++;
    at.touches++;
    at.valueSum += value * weight;
    at.weightSum += weight;
    at.squareSum += value * value * weight;
    at.value = familyValue(at, backup);
  }
}

function familyValue(node: MutableNode, backup: Backup): number {
  switch (backup.family) {
    case "mean":
      return node.weightSum === 0 ? 0 : node.valueSum / node.weightSum;
    case "visit-weighted":
      return visitWeighted(node, backup.discount);
    case "max-blend":
      return maxBlend(node);
    case "max":
      return bestChildValue(node) ?? latestScore(node)?.value ?? 0;
  }
}

/**
 * The reward r of a step is its outcome: a candidate's own judgement, 0 for a partial answer, whose judgement stands for
 * V while nothing below it is judged. The root has no step that leads to it: its value is V itself.
 */
function visitWeighted(node: MutableNode, discount: number): number {
  let visits = 0;
  let sum = 0;
  for (const child of node.children) {
    visits += child.visits;
    sum += child.visits * child.value;
  }
  const own = latestScore(node)?.value ?? 0;
  if (node.isTerminal && visits === 0) return own;
  const below = visits === 0 ? own : sum / visits;
  return node.parent === null ? below : discount * below;
}

/** Q'(a) = (Q(a) + max Q of the children) / 2, from the node's own judgements each time: applying it again changes nothing. */
function maxBlend(node: MutableNode): number {
  const own = ownValue(node);
  const best = bestChildValue(node);
  if (own === null) return best ?? 0;
  return best === null ? own : (own + best) / 2;
}

/** MCTSr's Q(a) = (min R + mean R) / 2 over all judgements of the node itself; null before the first. */
function ownValue({ scores }: Node): number | null {
  if (scores.length === 0) return null;
  let sum = 0;
  let least = 1;
  for (const { value } of scores) {
    sum += value;
    least = Math.min(least, value);
  }
  return (least + sum / scores.length) / 2;
}

function bestChildValue(node: Node): number | null {
  let best: number | null = null;
  for (const child of node.children) {
    if (child.visits > 0 && (best === null || child.value > best)) best = child.value;
  }
  return best;
}
