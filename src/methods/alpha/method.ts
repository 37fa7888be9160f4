import { draftDue } from "../../core/draft.ts";
import { defineMethod } from "../../core/method.ts";
import { value } from "../../core/selection/value.ts";
import { COMPLETED, EARLY_STOP, WAIT } from "../../core/step.ts";
import type { TreeView } from "../../core/tree-view.ts";
import { verificationDue } from "../../core/verification.ts";
import { SAME } from "./likeness.ts";
import { type Parameters, parameters } from "./parameters.ts";
import { createPlanner } from "./planner.ts";
import { createReturns, SIMULATE } from "./returns.ts";

/**
 * AlphaLLM's eta-MCTS (Tian et al. 2024; YeTianJHU/AlphaLLM): UCT over options (here: steps), more of them where values
 * spread (importance-weighted expansion), steps that come to the same merged, and an option's worth mixed from its own
 * judgement and from fast rollouts to the end below it. Goes on until enough evaluations and enough candidates are made.
 *
 * Differs from its code: rollouts are candidates like any other, and may be served; an option is evaluated when the search
 * first comes to its parent again, not at once; candidates are never selected, so that nothing is backed up twice without
 * a sample that says so; which option may still come is told from the tree as it is (branching.ts). The paper's slips are
 * mended (ALGORITHMS.md, section 1): the floor, and the farthest candidate when trials run out.
 */
export const alpha = defineMethod({
  name: "alpha",
  summary:
    "AlphaLLM's tree search: width by importance, equal steps merged, values mixed from judgements and rollouts.",
  parameters,
  policies: { step: "next-step", end: "rollout", [SIMULATE]: "whole-answer" },
  comparators: { [SAME]: "same-step" },
  wantsScored: "steps",
  roles: ({ simulations, merge }) => [
    "step",
    "end",
    ...(simulations > 0 ? [SIMULATE] : []),
    ...(merge === "judge" ? [SAME] : []),
  ],
  needs: () => ["continuation", "step-scores"],
  models: ({ rollout_model, simulations }) => (rollout_model === undefined || simulations === 0 ? [] : [rollout_model]),
  create: (parameters, context) => {
    const nextStep = createPlanner(parameters, context);
    return {
      name: "alpha",
      backup: { family: "mean", discount: 1, returnOf: createReturns(parameters) },
      next: (tree) => {
        if (tree.solved !== null) return EARLY_STOP;
        const draft = draftDue(tree);
        if (draft !== null) return draft;
        const missing = isDone(tree, parameters) ? 0 : context.rollouts - tree.rollouts - tree.rolloutsInFlight;
        const due = verificationDue(tree, context.verifier, missing <= 0);
        if (due !== null) return due;
        const decision = missing > 0 ? nextStep(tree, missing) : WAIT;
        return decision.type === "wait" && tree.openSteps.size === 0 ? COMPLETED : decision;
      },
      answer: value.choose,
    };
  },
});

/** Whatever the numbers, so many times `search_time` is enough: AlphaLLM's hard cap. */
const HARD_CAP = 10;

/** What is in flight counts as done: if it comes to nothing, the search goes on. */
function isDone(tree: TreeView, { search_time, min_terminals }: Parameters): boolean {
  const evaluations = tree.root.weightSum + tree.root.inFlight;
  if (evaluations >= HARD_CAP * search_time) return true;
  return evaluations >= search_time && tree.rollouts + tree.rolloutsInFlight >= min_terminals;
}
