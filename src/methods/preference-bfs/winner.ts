import { judgementOf } from "../../core/selection/rank.ts";
import { type AnswerClassTally, tally } from "../../core/selection/tally.ts";
import type { TreeView } from "../../core/tree-view.ts";

/** What makes an answer class win: the largest sum of its candidates' values, or their number (CPO's fact checking). */
export const WINNER_RULES = ["value", "count"] as const;
export type WinnerRule = (typeof WINNER_RULES)[number];

/** Answer classes, the winner first; ties to the one seen first. A candidate counts once, however often it was said. */
export function rankClasses(tree: TreeView, rule: WinnerRule): AnswerClassTally[] {
  return tally(tree, (node) => (rule === "value" ? judgementOf(node) : 1) / (1 + node.repeats));
}

/**
 * The class that won, found without any reference answer. Null without a parsable answer, and where nobody believes in
 * any: such a winner teaches nothing.
 */
export function winnerOf(tree: TreeView, rule: WinnerRule): AnswerClassTally | null {
  const [first] = rankClasses(tree, rule);
  return first !== undefined && first.weight > 0 ? first : null;
}
