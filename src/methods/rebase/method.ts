import { z } from "zod";
import { steeringScore } from "../../core/aggregation.ts";
import { defineMethod, type MethodContext } from "../../core/method.ts";
import { isRefuted, type Node, samplesBelow } from "../../core/node.ts";
import { createRounds, type Frontier, type RoundPlan } from "../../core/rounds.ts";
import { weightedMajority } from "../../core/selection/vote.ts";
import { allocate } from "./allocation.ts";

const parameters = z.strictObject({
  /** Softmax temperature of the shares, > 0; scores are in [0, 1]. The published code's 0.2; small means greedy. */
  temperature: z.number().min(0.01).max(100).default(0.2),
  /** Steps at most; what is unfinished then is completed. The published code's 25. */
  max_depth: z.int().min(1).max(256).default(25),
});

type Parameters = z.infer<typeof parameters>;

/** A step that nobody could score is neither good nor bad. */
const NEUTRAL = 0.5;

/**
 * REBASE, reward balanced search (Wu et al. 2024; ALGORITHMS.md section 5): a width of W is shared out among the
 * partial answers of each depth by the softmax of their process rewards; every finished one takes one place of the
 * width with it. No rollouts, no values to back up: one score per step. The answers vote, weighted by their scores.
 *
 * As in the code the shares are rounded up (the paper rounds to the nearest). Differs: refuted steps get nothing, and a
 * proven answer is served whatever the vote.
 */
export const rebase = defineMethod({
  name: "rebase",
  summary: "Reward balanced search: each depth's width is shared out by the softmax of step scores; answers vote.",
  parameters,
  policies: { step: "next-step", end: "rollout" },
  wantsScored: "steps",
  needs: () => ["continuation", "step-scores"],
  create: (parameters, context) => ({
    name: "rebase",
    next: createRounds(planOf(parameters, context), context).next,
    answer: (tree) => (tree.solved === null ? weightedMajority.choose(tree) : { node: tree.solved, score: 1 }),
  }),
});

function planOf({ temperature, max_depth }: Parameters, { rollouts, verifier }: MethodContext): RoundPlan {
  return {
    isLast: (round) => round >= max_depth,
    first: (tree) => new Map([[tree.root, rollouts]]),
    next: (tree, { round, frontier, completed }) => {
      const width = rollouts - completed;
      if (round >= max_depth || width <= 0) return null;
      const samples = [...frontier].flatMap(([node, quota]) => samplesBelow(node).slice(0, quota));
      const open = samples.filter((node) => !node.isTerminal && !isRefuted(node));
      const scores = open.map((node) => steeringScore(tree, node, "last", verifier) ?? NEUTRAL);
      return open.length === 0 ? null : frontierOf(open, allocate(width, scores, temperature));
    },
    propose: (_tree, node, missing, round) => ({
      type: "propose",
      nodeId: node.id,
      count: missing,
      role: round >= max_depth ? "end" : "step",
    }),
  };
}

/** A step that was said several times has the shares of all. */
function frontierOf(open: readonly Node[], shares: readonly number[]): Frontier {
  const frontier = new Map<Node, number>();
  for (const [index, node] of open.entries()) {
    const share = shares[index] ?? 0;
    if (share > 0) frontier.set(node, (frontier.get(node) ?? 0) + share);
  }
  return frontier;
}
