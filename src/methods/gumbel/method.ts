import { MEAN_RETURN } from "../../core/backup.ts";
import { draftDue } from "../../core/draft.ts";
import { defineMethod } from "../../core/method.ts";
import { COMPLETED, EARLY_STOP, WAIT } from "../../core/step.ts";
import { verificationDue } from "../../core/verification.ts";
import { parameters } from "./parameters.ts";
import { createPlanner } from "./planner.ts";

/**
 * Gumbel AlphaZero's search (Danihelka et al. 2022; mctx's `gumbel_muzero_policy`) over steps of thought: m first steps are
 * sampled and share the rollouts by sequential halving, ranked by g + logit + sigma(q); below a first step the improved
 * policy picks where the next rollout begins. The survivor's best candidate is served. Made for small fixed budgets.
 *
 * Differs from mctx: the actions are those that the model has sampled, not all there are; a simulation is a completion to
 * the end, split into its steps and judged; below the root one more sample is an arm too, as likely as an average sibling;
 * a phase waits for what is in flight before it halves. Refuted steps are no actions.
 */
export const gumbel = defineMethod({
  name: "gumbel",
  summary: "Sequential halving over sampled first steps with Gumbel noise; the survivor's best candidate is served.",
  parameters,
  policies: { step: "next-step", end: "rollout" },
  wantsScored: "steps",
  needs: ({ prior }) => ["continuation", ...(prior === "logprob" ? ["logprobs" as const] : [])],
  create: (parameters, context) => {
    const planner = createPlanner(parameters, context);
    return {
      name: "gumbel",
      // A return is a candidate's judgement; a partial answer's is the value of its own node (improved-policy.ts).
      backup: { ...MEAN_RETURN, returnOf: ({ isTerminal }, { value }) => ({ value, weight: isTerminal ? 1 : 0 }) },
      next: (tree) => {
        if (tree.solved !== null) return EARLY_STOP;
        const draft = draftDue(tree);
        if (draft !== null) return draft;
        const missing = context.rollouts - tree.rollouts - tree.rolloutsInFlight;
        const due = verificationDue(tree, context.verifier, missing <= 0);
        if (due !== null) return due;
        const decision = missing > 0 ? planner.nextProposal(tree, missing) : WAIT;
        return decision.type === "wait" && tree.openSteps.size === 0 ? COMPLETED : decision;
      },
      answer: planner.answer,
    };
  },
});
