import { z } from "zod";

export const parameters = z.strictObject({
  /** c_min: options of a node at least. 3 in AlphaLLM's code, 2 in the paper. */
  min_children: z.int().min(1).max(64).default(3),
  /** c_max: options of a node at most; 10 in AlphaLLM. */
  max_children: z.int().min(1).max(256).default(10),
  /** Options of the root at least; 40 in AlphaLLM's large setting. */
  root_children: z.int().min(1).max(256).default(3),
  /**
   * alpha in c_min..c_max of floor(alpha * I), >= 0. Ours are values in [0, 1], where AlphaLLM's 2 (and its paper's 1)
   * would never widen a node; at 10 the largest importance there is makes the largest node.
   */
  width_factor: z.number().min(0).max(1000).default(10),
  /** I: `code`: how far an option's Q is from the mean of all, at most; `paper`: how far its judgement is from its node's. */
  importance: z.enum(["code", "paper"]).default("code"),
  /** What counts as the same option: `edit`: by edit distance; `judge`: a model says so, one call a pair; `none`: equal text. */
  merge: z.enum(["edit", "judge", "none"]).default("edit"),
  /** For `edit`: nearer than this is the same; a share of the longer text, in [0, 1]. AlphaLLM's 20 to 50 characters. */
  merge_distance: z.number().min(0).max(1).default(0.1),
  /** Samples in place of one that is the same as a sibling; then the farthest of them stays. 5 in AlphaLLM's script. */
  max_trials: z.int().min(0).max(64).default(5),
  /** J: fast rollouts below each option. 4 in AlphaLLM; each is a candidate, and counts as one of the search's rollouts. */
  simulations: z.int().min(0).max(64).default(1),
  /** Public id of the model that makes the fast rollouts; absent: the one asked for. */
  rollout_model: z.string().min(1).optional(),
  /** w_v: weight of an option's own judgement, >= 0; the three weights are made to add up to 1. */
  value_weight: z.number().min(0).max(1000).default(1),
  /** w_f: weight of the mean of its fast rollouts. */
  rollout_weight: z.number().min(0).max(1000).default(1),
  /** w_p: weight of the judgements on the way to it. 0 in AlphaLLM's script. */
  process_weight: z.number().min(0).max(1000).default(0),
  /** How those become one. */
  process_mode: z.enum(["latest", "avg", "max", "min"]).default("latest"),
  /** c in UCT, >= 0; values are in [0, 1]. 1 in AlphaLLM's code, 1 or 1.5 in the paper. */
  exploration_weight: z.number().min(0).max(100).default(1),
  /** The first option of a node is the model's most likely one (temperature 0). */
  greedy_first: z.boolean().default(false),
  /** Of all other options, in [0, 2]; absent: the request's. 0.8 to 1 in AlphaLLM. */
  temperature: z.number().min(0).max(2).optional(),
  /** Steps from the root at most; the last one is the rest of the answer. */
  max_depth: z.int().min(1).max(256).default(32),
  /** Evaluations that are made at least; 40 in AlphaLLM's script. Ten times as many end the search in any case. */
  search_time: z.int().min(1).max(100_000).default(40),
  /** Candidates that are completed at least, where there is room for them; 40 in AlphaLLM's script. */
  min_terminals: z.int().min(1).max(100_000).default(40),
});

export type Parameters = z.infer<typeof parameters>;
