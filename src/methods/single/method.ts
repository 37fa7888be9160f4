import { z } from "zod";
import { defineMethod } from "../../core/method.ts";
import { value } from "../../core/selection/value.ts";
import { issue, ROOT, WAIT } from "../../core/step.ts";
import { verificationDue } from "../../core/verification.ts";

const parameters = z.strictObject({});

/** One call, no search: what the model says by itself. The baseline of every comparison. */
export const single = defineMethod({
  name: "single",
  summary: "One call, no search.",
  parameters,
  policies: { end: "whole-answer" },
  wantsScored: "nothing",
  create: (_parameters, { verifier }) => ({
    name: "single",
    next: (tree) => {
      if (tree.rollouts + tree.rolloutsInFlight === 0) {
        return issue({ type: "propose", nodeId: ROOT, count: 1, role: "end" });
      }
      return (
        verificationDue(tree, verifier, true) ??
        (tree.openSteps.size > 0 ? WAIT : { type: "stop", reason: "completed" })
      );
    },
    answer: value.choose,
  }),
});
