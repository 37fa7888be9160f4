import { z } from "zod";
import type { Backup } from "../../core/backup.ts";
import { draftDue } from "../../core/draft.ts";
import { defineMethod, type MethodContext } from "../../core/method.ts";
import { latestScore, type Node } from "../../core/node.ts";
import { revisedFrom } from "../../core/revisions.ts";
import type { WorthOf } from "../../core/selection/rank.ts";
import { chooseByValue } from "../../core/selection/value.ts";
import { COMPLETED, type Decision, EARLY_STOP, issue, WAIT } from "../../core/step.ts";
import type { TreeView } from "../../core/tree-view.ts";
import { verificationDue } from "../../core/verification.ts";
import { createStanding } from "./expansion.ts";

const parameters = z.strictObject({
  /**
   * c in UCT, >= 0; rewards are in [0, 1]. The authors' 1.4 is for rewards in [-100, 100], where it is 0.007 of the range
   * and the search almost greedy. At 0.1 an answer tried once is worth 0.1 more than one tried five times, N(father) = 10:
   * 20 points on their scale. Not measured.
   */
  exploration_weight: z.number().min(0).max(100).default(0.1),
  /** Children after which an answer is left, once one of them is better than it. 3 in the authors' code. */
  max_children: z.int().min(1).max(64).default(3),
  /** Ends the search after so many answers that were not better than the best; 0: never. */
  patience: z.int().min(0).max(1024).default(0),
});

const MAX_BLEND: Backup = { family: "max-blend", discount: 1 };

/**
 * MCTSr, Monte Carlo tree self-refine (Zhang et al. 2024, arXiv 2406.07394): every node is a whole answer. Take up the
 * answer with the highest UCT among those not fully expanded, criticise it, rewrite it with the critique in view, grade the
 * rewriting; Q(a) = (min R + mean R) / 2 over an answer's rewards, blended upwards with the best child's.
 *
 * Differs from the paper and its code:
 * - The dummy answer "I don't know", the second root, is the tree's root: refining it is a fresh draft, and it costs no
 *   call. The first draft is its first child, not its sibling.
 * - The parent's reward is sampled again together with the child's reward, not before the critique. Nothing in between
 *   looks at it, so every choice is the same, one call earlier. A verdict is not asked for again.
 * - Rewards are in [0, 1]. Gold answers are not looked at; a verifier's verdict of 1 ends the search.
 */
export const mctsSelfRefine = defineMethod({
  name: "mcts-self-refine",
  summary: "Whole answers, criticised, rewritten and graded, the most promising first (MCTSr).",
  parameters,
  policies: { end: "whole-answer", critique: "critique", refine: "refine" },
  wantsScored: "answers",
  scorers: ["grade", "judge"],
  create: ({ exploration_weight, max_children, patience }, { rollouts, verifier }) => {
    const standingOf = createStanding(exploration_weight, max_children);
    return {
      name: "mcts-self-refine",
      backup: MAX_BLEND,
      next: (tree) => {
        if (tree.solved !== null || isOutOfPatience(tree, patience)) return EARLY_STOP;
        const draft = draftDue(tree);
        if (draft !== null) return draft;
        // With one rollout there is nothing to choose from, and nothing is graded.
        const isPlain = rollouts === 1;
        const { owed, note, next } = standingOf(tree);
        const missing = rollouts - tree.rollouts - tree.rolloutsInFlight;
        const due = isPlain ? null : rewardDue(tree, verifier, missing <= 0);
        if (due !== null) return due;
        if (note !== null && missing > 0) return issue({ type: "propose", nodeId: note.id, count: 1, role: "refine" });
        if (next !== null && missing - owed > 0) {
          const role = next.parent === null ? "end" : "critique";
          return issue({ type: "propose", nodeId: next.id, count: 1, role });
        }
        return tree.openSteps.size > 0 ? WAIT : COMPLETED;
      },
      answer: (tree) => chooseByValue(tree, quality),
    };
  },
});

/** Of judged answers; one that nobody has judged is worth no more than its revisions, and they stand for themselves. */
const quality: WorthOf = (node) => (node.scores.length === 0 ? null : node.value);

/** The first reward of a new answer and, with it, one more of the answer that it was made from. */
function rewardDue(tree: TreeView, verifier: MethodContext["verifier"], isProposingDone: boolean): Decision | null {
  if (verifier === null) return null;
  if (verifier.isComparative) return verificationDue(tree, verifier, isProposingDone);
  for (const answer of tree.unverifiedAnswers) {
    if (answer.isVerifying || answer.failures > 0) continue;
    const parent = revisedFrom(answer);
    const isAgain = latestScore(parent)?.kind === "estimate";
    return issue({ type: "verify", nodeIds: isAgain ? [answer.id, parent.id] : [answer.id] });
  }
  return null;
}

/** Are there so many judged answers younger than the best one? */
function isOutOfPatience(tree: TreeView, patience: number): boolean {
  if (patience === 0) return false;
  const best = chooseByValue(tree, quality)?.node ?? null;
  if (best === null) return false;
  const isYounger = (node: Node): boolean => node.order > best.order && node.scores.length > 0;
  return tree.terminals.reduce((count, node) => count + (isYounger(node) ? 1 + node.repeats : 0), 0) >= patience;
}
