import { z } from "zod";
import { defineMethod } from "../../core/method.ts";
import { value } from "../../core/selection/value.ts";
import { issue, ROOT, WAIT } from "../../core/step.ts";
import { verificationDue } from "../../core/verification.ts";

const parameters = z.strictObject({
  /** Candidates asked for in one call (`n`). More share one prompt, but are answered, and can be stopped, together only. */
  samples_per_call: z.int().min(1).max(128).default(1),
});

/**
 * Best-of-N with a verifier (Cobbe et al. 2021; Lightman et al. 2023): N independent answers, the one the verifier
 * likes best is served. Stops as soon as a verdict says that one is right.
 */
export const bestOfN = defineMethod({
  name: "best-of-n",
  summary: "N independent answers; the verifier's favourite is served, and a proven one ends the search.",
  parameters,
  policies: { end: "whole-answer" },
  wantsScored: "answers",
  create: ({ samples_per_call }, { rollouts, verifier }) => ({
    name: "best-of-n",
    next: (tree) => {
      if (tree.solved !== null) return { type: "stop", reason: "early-stop" };
      const missing = rollouts - tree.rollouts - tree.rolloutsInFlight;
      const due = verificationDue(tree, verifier, missing <= 0);
      if (due !== null) return due;
      if (missing > 0) {
        return issue({ type: "propose", nodeId: ROOT, count: Math.min(missing, samples_per_call), role: "end" });
      }
      return tree.openSteps.size > 0 ? WAIT : { type: "stop", reason: "completed" };
    },
    answer: value.choose,
  }),
});
