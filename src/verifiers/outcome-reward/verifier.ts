import { z } from "zod";
import { defineVerifier } from "../../core/verifier.ts";
import { rewardVerifier } from "../reward.ts";

/** An outcome reward model: one score for a whole answer (Cobbe et al. 2021). */
export const outcomeReward = defineVerifier({
  name: "outcome-reward",
  summary: "An outcome reward model of the deployment scores whole answers.",
  parameters: z.strictObject({
    /** A name in the deployment's REWARD_MODELS. */
    reward_model: z.string().min(1).max(64),
    /** Also score partial answers, for a model that was trained on them (a value model). */
    steps: z.boolean().default(false),
  }),
  isExact: false,
  isAutomatic: false,
  scoresSteps: false,
  scoresStepsWith: ({ steps }) => steps,
  prompts: [],
  wants: ({ reward_model: name }) => ({ rewardModel: { name, kind: "outcome" } }),
  refusal: () => null,
  create: (context, { steps }) =>
    rewardVerifier(context, { name: "outcome-reward", scope: steps ? "all" : "complete", aggregation: "last" }),
});
