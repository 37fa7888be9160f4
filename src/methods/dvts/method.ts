import { z } from "zod";
import { AGGREGATIONS, steeringScore } from "../../core/aggregation.ts";
import { defineMethod, type MethodContext } from "../../core/method.ts";
import { isRefuted, type Node, samplesBelow } from "../../core/node.ts";
import { createRounds, type RoundPlan } from "../../core/rounds.ts";
import { value } from "../../core/selection/value.ts";
import { bestOfEach } from "./best-of-each.ts";

const parameters = z.strictObject({
  /** M: continuations per subtree and step, of which the best goes on; N / M subtrees. search-and-learn's 4. */
  beam_width: z.int().min(1).max(64).default(4),
  /** How the scores of a path's steps become the score it is compared by. `last` is search-and-learn's default. */
  aggregation: z.enum(AGGREGATIONS).default("last"),
  /** Steps at most; what is unfinished then is completed, as search-and-learn does in its last of 40 rounds. */
  max_depth: z.int().min(1).max(256).default(40),
});

type Parameters = z.infer<typeof parameters>;

/**
 * Diverse verifier tree search (Beeching et al. 2024, Hugging Face's search-and-learn; ALGORITHMS.md section 5): N / M
 * subtrees that never compete with each other. Each takes M continuations per step and goes on from its best, greedily,
 * until its best is complete. Where beam search lets one promising beginning crowd out all others, here each keeps its
 * own.
 *
 * Differs from search-and-learn: N need not divide by M (the rest of it is not used), equal steps of one parent are one
 * node, in which several subtrees may then stand, and a refuted step is never the best.
 */
export const dvts = defineMethod({
  name: "dvts",
  summary: "Independent subtrees, each greedy on the best-scored of its continuations.",
  parameters,
  policies: { step: "next-step", end: "rollout" },
  wantsScored: "steps",
  needs: () => ["continuation", "step-scores"],
  create: (parameters, context) => ({
    name: "dvts",
    next: createRounds(planOf(parameters, context), context).next,
    answer: value.choose,
  }),
});

function planOf({ beam_width, aggregation, max_depth }: Parameters, { rollouts, verifier }: MethodContext): RoundPlan {
  const size = Math.min(beam_width, rollouts);
  const subtrees = Math.floor(rollouts / size);
  return {
    isLast: (round) => round >= max_depth,
    // Subtrees at one node are alike: how many they are, its quota says.
    first: (tree) => new Map([[tree.root, subtrees * size]]),
    next: (tree, { round, frontier }) => {
      if (round >= max_depth) return null;
      const scoreOf = (node: Node): number => steeringScore(tree, node, aggregation, verifier) ?? -1;
      const next = new Map<Node, number>();
      for (const [node, quota] of frontier) {
        const winners = bestOfEach(samplesBelow(node).slice(0, quota), size, scoreOf, (sample) => !isRefuted(sample));
        for (const winner of winners) {
          if (winner !== null && !winner.isTerminal) next.set(winner, (next.get(winner) ?? 0) + size);
        }
      }
      return next.size === 0 ? null : next;
    },
    propose: (_tree, node, missing, round) => ({
      type: "propose",
      nodeId: node.id,
      count: missing,
      role: round >= max_depth ? "end" : "step",
    }),
  };
}
