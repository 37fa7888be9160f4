import { z } from "zod";
import { defineMethod } from "../../core/method.ts";
import { isMajoritySettled } from "../../core/selection/tally.ts";
import { majority } from "../../core/selection/vote.ts";
import { issue, ROOT, WAIT } from "../../core/step.ts";
import { verificationDue } from "../../core/verification.ts";

const parameters = z.strictObject({
  /** Candidates asked for in one call (`n`). */
  samples_per_call: z.int().min(1).max(128).default(1),
});

/**
 * Self-consistency (Wang et al. 2023): N independent answers, the largest class of equal final answers wins, ties to the
 * class seen first. Stops when no arrival could change the winner, which never changes the answer. Needs no verifier;
 * one that is given scores the candidates but does not vote.
 */
export const selfConsistency = defineMethod({
  name: "self-consistency",
  summary: "N independent answers; the most frequent final answer is served.",
  parameters,
  policies: { end: "whole-answer" },
  wantsScored: "nothing",
  create: ({ samples_per_call }, { rollouts, verifier }) => ({
    name: "self-consistency",
    next: (tree) => {
      const missing = rollouts - tree.rollouts - tree.rolloutsInFlight;
      const isSettled = isMajoritySettled(tree, rollouts - tree.rollouts);
      const due = verificationDue(tree, verifier, missing <= 0 || isSettled);
      if (due !== null) return due;
      if (isSettled) return { type: "stop", reason: tree.rollouts < rollouts ? "early-stop" : "completed" };
      if (missing > 0) {
        return issue({ type: "propose", nodeId: ROOT, count: Math.min(missing, samples_per_call), role: "end" });
      }
      return tree.openSteps.size > 0 ? WAIT : { type: "stop", reason: "completed" };
    },
    answer: majority.choose,
  }),
});
