import { z } from "zod";
import { AGGREGATIONS, type Aggregation, pathScore } from "../../core/aggregation.ts";
import { keepBest } from "../../core/keep-best.ts";
import { defineMethod } from "../../core/method.ts";
import { isRefuted, type Node } from "../../core/node.ts";
import { createRounds, type Frontier, type RoundPlan } from "../../core/rounds.ts";
import { value } from "../../core/selection/value.ts";

const parameters = z.strictObject({
  /** M: samples per surviving beam; of N beams the best N / M survive a round. 4 in Snell et al. and search-and-learn. */
  beam_width: z.int().min(1).max(64).default(4),
  /** How the scores of a path's steps become the score of a beam. `last` is search-and-learn's default. */
  aggregation: z.enum(AGGREGATIONS).default("last"),
  /** Steps at most; search-and-learn's 40. */
  max_depth: z.int().min(1).max(256).default(40),
});

/**
 * Beam search over steps, guided by a process reward or a judge (Snell et al. 2024, section 5.1; Hugging Face's
 * search-and-learn): N beams; each round asks for one step per beam, scores all of them, keeps the best N / M and samples
 * each of those M times. A completed beam retires and its place with it; the last N / M rounds are narrower for it.
 *
 * Differs from search-and-learn: equal steps of one parent are one node, which keeps the beams distinct (their optional
 * duplicate filter), and refuted steps are dropped whatever their rank.
 */
export const beam = defineMethod({
  name: "beam",
  summary: "Beam search over steps: the best-scored partial answers survive each round.",
  parameters,
  policies: { step: "next-step", end: "rollout" },
  wantsScored: "steps",
  needs: () => ["continuation", "step-scores"],
  create: ({ beam_width, aggregation, max_depth }, context) => ({
    name: "beam",
    next: createRounds(planOf(context.rollouts, beam_width, aggregation, max_depth), context).next,
    answer: value.choose,
  }),
});

function planOf(beams: number, width: number, aggregation: Aggregation, maxDepth: number): RoundPlan {
  return {
    first: (tree) => new Map([[tree.root, beams]]),
    next: (tree, { round, children, completed }) => {
      const left = beams - completed;
      if (left <= 0 || round + 1 >= maxDepth) return null;
      const open = children.filter((node) => !node.isTerminal && !isRefuted(node));
      const survivors = keepBest(
        open,
        (node) => pathScore(tree, node, aggregation) ?? 0,
        Math.max(1, Math.floor(left / width)),
      );
      return survivors.length === 0 ? null : sharedOut(survivors, left);
    },
    propose: (_tree, node, missing) => ({ type: "propose", nodeId: node.id, count: missing, role: "step" }),
  };
}

/** Beams in equal shares, the odd ones to the best. */
function sharedOut(survivors: readonly Node[], beams: number): Frontier {
  const each = Math.floor(beams / survivors.length);
  const odd = beams % survivors.length;
  return new Map(survivors.map((node, index) => [node, each + (index < odd ? 1 : 0)]));
}
