import { askedAt, type Node } from "../../core/node.ts";

/**
 * rStar's actions (Qi et al. 2024, section 3.2), by the names of their roles: A2 the rest of the answer, A3 a sub-question
 * with its answer, A1 one step, A4 another answer to the last sub-question, A5 the question in other words. In the order in
 * which a node tries them: its simulation first, the others after it.
 */
export const ACTIONS = ["finish", "sub-question", "step", "re-answer", "rephrase"] as const;
export type Action = (typeof ACTIONS)[number];

export interface ActionRule {
  readonly actions: readonly Action[];
  /** Samples of `finish` at a node: the votes of its answer. */
  readonly votes: number;
  /** Samples of `step` and of `sub-question` at a node; the others are taken once. */
  readonly samples: number;
  /** From this depth on a node is only finished. */
  readonly maxDepth: number;
}

/** What may follow what: as in the authors' code. A chain of steps is not interrupted by questions. */
const AFTER: Readonly<Record<string, readonly Action[]>> = {
  "": ["finish", "sub-question", "step", "rephrase"],
  rephrase: ["finish", "sub-question", "step"],
  "sub-question": ["finish", "sub-question", "step", "re-answer"],
  "re-answer": ["finish", "sub-question", "step"],
  step: ["finish", "step"],
  finish: ["finish", "step"],
};

/** The first action that the node has not tried as often as it should, and how many samples are missing; null when done. */
export function actionDue(node: Node, rule: ActionRule): { readonly action: Action; readonly count: number } | null {
  const after = AFTER[node.role] ?? [];
  for (const action of rule.actions) {
    if (!after.includes(action) || (action !== "finish" && node.depth >= rule.maxDepth)) continue;
    const count = samplesWanted(action, rule) - askedAt(node, action);
    if (count > 0) return { action, count };
  }
  return null;
}

function samplesWanted(action: Action, { votes, samples }: ActionRule): number {
  if (action === "finish") return votes;
  return action === "step" || action === "sub-question" ? samples : 1;
}
