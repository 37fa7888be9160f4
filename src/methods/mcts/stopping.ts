import { latestScore, type Node } from "../../core/node.ts";
import { best } from "../../core/selection/rank.ts";
import type { TreeView } from "../../core/tree-view.ts";

/** Has a completed candidate been judged as good as `gate`? */
export function isGatePassed(tree: TreeView, gate: number): boolean {
  return tree.terminals.some((node) => (latestScore(node)?.value ?? -1) >= gate);
}

/**
 * Candidates in a row, repeats included, since the class of the best answer last changed. The order is that of creation,
 * so that it can be told from the tree alone; a candidate whose judgement is still to come does not count yet.
 */
export function candidatesUnchanged(tree: TreeView, isJudged: (node: Node) => boolean): number {
  let leader: Node | null = null;
  let unchanged = 0;
  for (const node of tree.terminals) {
    if (!isJudged(node)) continue;
    const next: Node = leader === null ? node : (best([leader, node]) ?? node);
    unchanged = isSameAnswer(tree, leader, next) ? unchanged + 1 + node.repeats : node.repeats;
    leader = next;
  }
  return unchanged;
}

/** Answers that cannot be parsed are of no class: only the very same node is the same. */
function isSameAnswer(tree: TreeView, leader: Node | null, next: Node): boolean {
  if (leader === null) return false;
  const answerClass = tree.answerClassOf(next);
  return leader === next || (answerClass !== null && answerClass === tree.answerClassOf(leader));
}
