import { z } from "zod";
import { PRIORS } from "../prior.ts";

export const parameters = z.strictObject({
  /** m: first steps that are considered; never more than there are rollouts. 16 in the paper and in mctx. */
  root_actions: z.int().min(1).max(256).default(16),
  /** Scale of the Gumbel noise at the root, >= 0. 1 samples actions as the prior does; 0 leaves nothing to chance. */
  gumbel_scale: z.number().min(0).max(10).default(1),
  /** The logits: the sampled tokens' log-probabilities, or the same for all. The model has sampled by them already. */
  prior: z.enum(PRIORS).default("uniform"),
  /** lambda in p = exp(log-probability sum / tokens^lambda). 1: the mean per token. */
  prior_length_exponent: z.number().min(0).max(2).default(1),
  /** How strongly values move the policy, >= 0; 0.1 in mctx. */
  value_scale: z.number().min(0).max(100).default(0.1),
  /** Visits counted on top of the largest count, so that the first values move it too; 50 in mctx. */
  visit_offset: z.number().min(0).max(10_000).default(50),
  /** Samples at one node at most: where all of them repeat each other, asking on is money lost. */
  max_samples: z.int().min(1).max(4096).default(256),
});

export type Parameters = z.infer<typeof parameters>;
