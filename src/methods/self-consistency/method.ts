import { z } from "zod";
import { defineMethod } from "../../core/method.ts";
import { majority } from "../../core/selection/vote.ts";
import { COMPLETED, EARLY_STOP, issue, ROOT, WAIT } from "../../core/step.ts";
import { verificationDue } from "../../core/verification.ts";
import { isClear, isSettled, type StopRule } from "./stopping.ts";
import { createVoteCount } from "./votes.ts";

const parameters = z.strictObject({
  /** Candidates asked for in one call (`n`). */
  samples_per_call: z.int().min(1).max(128).default(1),
  /**
   * When sampling ends early. `settled`: no arrival could change the winner; this never changes the answer. `beta`,
   * `entropy`, `majority`: also when it is clear enough by that measure. `none`: never.
   */
  stop: z.enum(["settled", "beta", "entropy", "majority", "none"]).default("settled"),
  /** `beta`: probability that the leader beats the runner-up, in (0.5, 1). 0.95 in Aggarwal et al. 2023. */
  confidence: z.number().gt(0.5).lt(1).default(0.95),
  /** `entropy`: of the votes, normalised to [0, 1], at most. 0.75 in the authors' code. */
  max_entropy: z.number().min(0).max(1).default(0.75),
  /** `majority`: the leader's share of all samples at least, in [0, 1]. 0.8 in the authors' code. */
  min_share: z.number().min(0).max(1).default(0.8),
  /** `entropy` and `majority`: samples at least. 4, what `beta` asks of unanimous ones; the authors' code asks for 2. */
  min_samples: z.int().min(2).max(1024).default(4),
});

/**
 * Self-consistency (Wang et al. 2023): N independent answers, the largest class of equal final answers wins, ties to the
 * class seen first. Stops when no arrival could change the winner, which never changes the answer; or, on request, as
 * Adaptive-Consistency does (Aggarwal et al. 2023, section 3), when the winner is likely enough. Needs no verifier; one
 * that is given scores the candidates but does not vote.
 *
 * Differs from Adaptive-Consistency: answers are looked at as they arrive, at any width, and an early stop cancels what is
 * in flight; the rules without a model of chance (`entropy`, `majority`) want a minimum of samples and never stop on a tie.
 */
export const selfConsistency = defineMethod({
  name: "self-consistency",
  summary: "N independent answers; the most frequent final answer is served.",
  parameters,
  policies: { end: "whole-answer" },
  wantsScored: "nothing",
  create: (parameters, { rollouts, verifier }) => {
    const votesOf = createVoteCount();
    const rule = ruleOf(parameters);
    return {
      name: "self-consistency",
      next: (tree) => {
        const missing = rollouts - tree.rollouts - tree.rolloutsInFlight;
        const votes = votesOf(tree);
        const isWon = isSettled(votes, rollouts - tree.rollouts) || (rule !== null && isClear(votes, rule));
        const isOver = parameters.stop !== "none" && isWon;
        const due = verificationDue(tree, verifier, missing <= 0 || isOver);
        if (due !== null) return due;
        if (isOver) return tree.rollouts < rollouts ? EARLY_STOP : COMPLETED;
        if (missing > 0) {
          const count = Math.min(missing, parameters.samples_per_call);
          return issue({ type: "propose", nodeId: ROOT, count, role: "end" });
        }
        return tree.openSteps.size > 0 ? WAIT : COMPLETED;
      },
      answer: majority.choose,
    };
  },
});

function ruleOf({
  stop,
  confidence,
  max_entropy,
  min_share,
  min_samples,
}: z.infer<typeof parameters>): StopRule | null {
  switch (stop) {
    case "beta":
      return { type: "beta", confidence };
    case "entropy":
      return { type: "entropy", maxEntropy: max_entropy, minSamples: min_samples };
    case "majority":
      return { type: "majority", minShare: min_share, minSamples: min_samples };
    case "settled":
    case "none":
      return null;
  }
}
