import { z } from "zod";
import { defineMethod } from "../../core/method.ts";
import { value } from "../../core/selection/value.ts";
import { issue, ROOT, WAIT } from "../../core/step.ts";
import { verificationDue } from "../../core/verification.ts";

const parameters = z.strictObject({
  /** Answers asked for in that call: the request's own `n`. */
  samples: z.int().min(1).max(128).default(1),
});

/** One call, no search: what the model says by itself. The baseline of every comparison. */
export const single = defineMethod({
  name: "single",
  summary: "One call, no search.",
  parameters,
  policies: { end: "whole-answer" },
  wantsScored: "nothing",
  isOneCall: true,
  create: ({ samples }, { verifier }) => ({
    name: "single",
    next: (tree) => {
      const missing = samples - tree.rollouts - tree.rolloutsInFlight;
      if (missing > 0) return issue({ type: "propose", nodeId: ROOT, count: missing, role: "end" });
      return (
        verificationDue(tree, verifier, true) ??
        (tree.openSteps.size > 0 ? WAIT : { type: "stop", reason: "completed" })
      );
    },
    answer: value.choose,
  }),
});
