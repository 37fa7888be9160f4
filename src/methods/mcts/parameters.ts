import { z } from "zod";
import { PRIORS } from "../prior.ts";

export const parameters = z.strictObject({
  /** `uct`: by value and visits. `puct`: also by the model's own prior over the sampled steps (AlphaZero). */
  selection: z.enum(["uct", "puct"]).default("uct"),
  /** c in UCT, >= 0; values are in [0, 1]. 0.01 is tuned on validation hands (docs/methods/mcts.md). */
  exploration_weight: z.number().min(0).max(100).default(0.01),
  /** c1 in PUCT, >= 0: the weight of the prior while visits are few. 1.25 in AlphaZero and mctx. */
  puct_c1: z.number().min(0).max(100).default(1.25),
  /** c2 in PUCT: how slowly that weight grows with the visits. 19652 in AlphaZero and mctx. */
  puct_c2: z.number().min(1).max(1e9).default(19652),
  /** PUCT's prior: the sampled tokens' log-probabilities, or the same for all siblings. */
  prior: z.enum(PRIORS).default("logprob"),
  /** lambda in p = exp(log-probability sum / tokens^lambda). 1: the mean per token; 1.25 in MCTS-DPO. */
  prior_length_exponent: z.number().min(0).max(2).default(1),
  /**
   * What a child without visits is worth: `infinite`: it comes first; `parent`: what its parent is; `parent-minus`: the
   * parent's value less `first_play_reduction`. Absent: `infinite` under uct, `parent-minus` under puct.
   */
  first_play_urgency: z.enum(["infinite", "parent", "parent-minus"]).optional(),
  /** In [0, 1], for `parent-minus`; 0.2 in KataGo. */
  first_play_reduction: z.number().min(0).max(1).default(0.2),
  /** epsilon: share of Dirichlet(0.3) noise in the prior at the root, in [0, 1]; `puct` only. 0.25 in AlphaZero. */
  root_noise: z.number().min(0).max(1).default(0),
  /** How judgements become the values of the nodes above (core/backup.ts). `mean` is plain UCT's. */
  backup: z.enum(["mean", "visit-weighted", "max-blend", "max"]).default("mean"),
  /** gamma in (0, 1], for `visit-weighted`. */
  discount: z.number().gt(0).max(1).default(1),
  /**
   * `step`: proposals are single steps. `rollout`: each runs to the end and is split into its steps. `list`: one reply
   * lists the next steps and thereby expands a node for good.
   */
  expansion: z.enum(["step", "rollout", "list"]).default("step"),
  /** Continuations asked for in one call when a node is expanded; a list is always one reply. */
  samples_per_call: z.int().min(1).max(64).default(1),
  /**
   * With `step`: a partial answer judged this good, in [0, 1], is finished in one call, split into its steps. Its prompt is
   * then sent once and not once a step, and one wait takes the place of several. 1: only what is proven; absent: never.
   * 0.8 is tuned on validation hands (docs/methods/mcts.md).
   */
  finish_above: z.number().min(0).max(1).nullable().default(0.8),
  /** Samples at one node at most: where all of them repeat each other or are refuted, asking on is money lost. */
  max_samples: z.int().min(1).max(4096).default(256),
  /** Steps from the root at most; a deeper node is not continued. */
  max_depth: z.int().min(1).max(256).default(32),
  /** Back-ups through the root (judgements) after which nothing more is proposed; absent: no such limit. */
  max_iterations: z.int().min(1).max(1_000_000).optional(),
  /** Visits between two commitments, each to the current root's most visited child; absent: it never commits. */
  iterations_per_step: z.int().min(1).max(1_000_000).optional(),
  /** Ends the search when a completed candidate is judged this good, in [0, 1]; absent: only a verdict of 1 ends it. */
  min_value_gate: z.number().min(0).max(1).optional(),
  /** Ends the search when so many candidates in a row left the class of the best answer as it was; absent: never. */
  patience: z.int().min(1).max(100_000).optional(),
  /** A whole answer before the tree search begins (core/draft.ts). False: the published algorithms. */
  draft: z.boolean().default(true),
});

export type Parameters = z.infer<typeof parameters>;
