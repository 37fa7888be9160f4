import { z } from "zod";
import { AGGREGATIONS } from "../../core/aggregation.ts";
import { defineVerifier } from "../../core/verifier.ts";
import { rewardVerifier } from "../reward.ts";

/**
 * A process reward model: a score for every step of the answer (Lightman et al. 2023), aggregated. With `last`, the default,
 * a node's score is its own last step's, so that a method which aggregates along the path (beam, best-of-n) does it once.
 */
export const processReward = defineVerifier({
  name: "process-reward",
  summary: "A process reward model of the deployment scores every step.",
  parameters: z.strictObject({
    /** A name in the deployment's REWARD_MODELS. */
    reward_model: z.string().min(1).max(64),
    /** How the steps' scores become one: prod (Lightman et al.), min (Math-Shepherd), last (Snell et al.), mean, log-mean. */
    aggregation: z.enum(AGGREGATIONS).default("last"),
  }),
  isExact: false,
  isAutomatic: false,
  scoresSteps: true,
  prompts: [],
  wants: ({ reward_model: name }) => ({ rewardModel: { name, kind: "process" } }),
  refusal: () => null,
  create: (context, { aggregation }) => rewardVerifier(context, { name: "process-reward", scope: "all", aggregation }),
});
