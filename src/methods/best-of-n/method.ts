import { z } from "zod";
import { AGGREGATIONS, pathScore } from "../../core/aggregation.ts";
import { defineMethod } from "../../core/method.ts";
import { judgedValue, type WorthOf } from "../../core/selection/rank.ts";
import { chooseByValue } from "../../core/selection/value.ts";
import { chooseByWeightedVote } from "../../core/selection/vote.ts";
import { COMPLETED, EARLY_STOP, issue, ROOT, WAIT } from "../../core/step.ts";
import type { TreeView } from "../../core/tree-view.ts";
import { verificationDue } from "../../core/verification.ts";

const parameters = z.strictObject({
  /** Candidates asked for in one call (`n`). More share one prompt, but are answered, and can be stopped, together only. */
  samples_per_call: z.int().min(1).max(128).default(1),
  /** What is judged: the whole answer (an outcome reward), or each of its steps (a process reward). */
  score: z.enum(["answer", "steps"]).default("answer"),
  /** `score: "steps"`: how the scores of the steps become the score of the answer. `last` is search-and-learn's default. */
  aggregation: z.enum(AGGREGATIONS).default("last"),
  /** `none`: the best-scored answer is served. `weighted`: the final answer with the largest sum of scores. */
  vote: z.enum(["none", "weighted"]).default("none"),
});

/**
 * Best-of-N with a verifier (Cobbe et al. 2021; Lightman et al. 2023): N independent answers, the one the verifier
 * likes best is served; or the final answer whose candidates it likes best together (weighted vote, Li et al. 2023).
 * Stops as soon as a verdict says that one is right.
 *
 * Scores are in [0, 1], so sums of them are safe; raw logits of a reward model would not be.
 */
export const bestOfN = defineMethod({
  name: "best-of-n",
  summary: "N independent answers; the verifier's favourite is served, and a proven one ends the search.",
  parameters,
  policies: { end: "whole-answer", "end-in-steps": "rollout" },
  wantsScored: "answers",
  wantsScoredWith: ({ score }) => (score === "steps" ? "steps" : "answers"),
  roles: ({ score }) => [score === "steps" ? "end-in-steps" : "end"],
  needs: ({ score }) => (score === "steps" ? ["step-scores"] : []),
  create: ({ samples_per_call, score, aggregation, vote }, { rollouts, verifier }) => {
    const isInSteps = score === "steps";
    const judgesSteps = isInSteps && verifier?.isComparative === false;
    const role = isInSteps ? "end-in-steps" : "end";
    const worthIn = (tree: TreeView): WorthOf =>
      isInSteps ? (node) => pathScore(tree, node, aggregation) : judgedValue;
    return {
      name: "best-of-n",
      next: (tree) => {
        if (tree.solved !== null) return EARLY_STOP;
        const missing = rollouts - tree.rollouts - tree.rolloutsInFlight;
        // Steps are judged for their own sake, so after the last proposal too; a lone answer needs no judge of its steps.
        const isDone = missing <= 0 && !judgesSteps;
        const due = isInSteps && rollouts === 1 ? null : verificationDue(tree, verifier, isDone);
        if (due !== null) return due;
        if (missing > 0) {
          return issue({ type: "propose", nodeId: ROOT, count: Math.min(missing, samples_per_call), role });
        }
        return tree.openSteps.size > 0 ? WAIT : COMPLETED;
      },
      answer: (tree) =>
        vote === "weighted" && tree.solved === null
          ? chooseByWeightedVote(tree, worthIn(tree))
          : chooseByValue(tree, worthIn(tree)),
    };
  },
});
