import { z } from "zod";
import { defineMethod } from "../../core/method.ts";
import { selectByValue } from "../../core/selection.ts";
import { issue, ROOT, WAIT } from "../../core/step.ts";
import { verificationDue } from "../../core/verification.ts";

const parameters = z.strictObject({});

/** One call, no search: what the model says by itself. The baseline of every comparison. */
export const single = defineMethod({
  name: "single",
  summary: "One call, no search.",
  parameters,
  policies: { step: "next-step", end: "whole-answer" },
  wantsScored: "nothing",
  create: (_parameters, { verifier }) => ({
    name: "single",
    next: (tree) => {
      if (tree.rollouts + tree.rolloutsInFlight === 0) {
        return issue({ type: "propose", nodeId: ROOT, count: 1, extent: "end" });
      }
      return (
        verificationDue(tree, verifier, true) ??
        (tree.openSteps.size > 0 ? WAIT : { type: "stop", reason: "completed" })
      );
    },
    answer: selectByValue,
  }),
});
