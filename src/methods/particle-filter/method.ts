import { z } from "zod";
import { pathScore, steeringScore } from "../../core/aggregation.ts";
import { keepBest } from "../../core/keep-best.ts";
import { defineMethod, type MethodContext } from "../../core/method.ts";
import { isRefuted, type Node, samplesBelow } from "../../core/node.ts";
import { createRandom } from "../../core/random.ts";
import { createRounds, type Frontier, type RoundPlan } from "../../core/rounds.ts";
import type { Selected } from "../../core/selection/selection.ts";
import { value } from "../../core/selection/value.ts";
import type { TreeView } from "../../core/tree-view.ts";
import { resampleMultinomial, resampleSystematic, weightOf } from "./weights.ts";

const parameters = z.strictObject({
  /** Particles; absent: as many as the budget has rollouts. A particle that is not drawn again has cost its rollout. */
  particles: z.int().min(1).max(1024).optional(),
  /** `multinomial` as published; `systematic` draws with less noise for the same weights (Kitagawa 1996). */
  resampling: z.enum(["multinomial", "systematic"]).default("multinomial"),
  /** Of the stopped particles the one with the largest weight is served, or one drawn by weight. its_hub's `argmax`. */
  serve: z.enum(["argmax", "sample"]).default("argmax"),
  /** Steps at most; what is unfinished then is completed. */
  max_depth: z.int().min(1).max(256).default(40),
});

type Parameters = z.infer<typeof parameters>;

/** A step that nobody could score: odds of 1. */
const NEUTRAL = 0.5;

/**
 * Particle filtering (Puri et al. 2025; its code, its_hub; ALGORITHMS.md section 5): the partial answers are samples of
 * the answers that the process reward approves of. Each step moves every particle on by one sampled step, weighs it by
 * e^logit(score), and draws all particles anew by weight. A stopped particle keeps its last weight and takes part. Unlike
 * a beam it follows the reward's proportions, not its ranking, so that a noisy reward misleads it less.
 *
 * Differs from its_hub: refuted particles have no weight at all; the particles that say the same are one node with a
 * count. Particle Gibbs is not here (docs/methods/particle-filter.md).
 */
export const particleFilter = defineMethod({
  name: "particle-filter",
  summary: "Particles move step by step and are drawn anew in proportion to the odds of their scores.",
  parameters,
  policies: { step: "next-step", end: "rollout" },
  wantsScored: "steps",
  needs: () => ["continuation", "step-scores"],
  create: (parameters, context) => {
    const rounds = createRounds(planOf(parameters, context), context);
    return {
      name: "particle-filter",
      next: rounds.next,
      answer: (tree) => {
        if (tree.solved !== null) return { node: tree.solved, score: 1 };
        return serve(tree, rounds.standing(tree).latest, parameters.serve, context.seed) ?? value.choose(tree);
      },
    };
  },
});

function planOf(parameters: Parameters, context: MethodContext): RoundPlan {
  const { max_depth, resampling, particles = context.rollouts } = parameters;
  const resample = resampling === "multinomial" ? resampleMultinomial : resampleSystematic;
  return {
    isLast: (round) => round >= max_depth,
    first: (tree) => new Map([[tree.root, particles]]),
    next: (tree, { round, frontier }) => {
      const isOver = [...frontier.keys()].every((node) => node.isTerminal);
      if (isOver || round >= max_depth) return null;
      const moved = [...moveOn(frontier)].sort(([a], [b]) => a.order - b.order);
      const weights = moved.map(([node, count]) => count * weightOfNode(tree, node, context));
      const counts = resample(weights, particles, createRandom(context.seed, "resample", round));
      const drawn = moved.map(([node], index) => [node, counts[index] ?? 0] as const).filter(([, count]) => count > 0);
      return drawn.length === 0 ? null : new Map(drawn);
    },
    propose: (_tree, node, missing, round) => ({
      type: "propose",
      nodeId: node.id,
      count: missing,
      role: round >= max_depth ? "end" : "step",
    }),
  };
}

/** Particles by the node they stand at, after a round: stopped ones where they were, the others a step further. */
function moveOn(frontier: Frontier): Map<Node, number> {
  const moved = new Map<Node, number>();
  for (const [node, count] of frontier) {
    if (node.isTerminal) moved.set(node, count);
    else for (const sample of samplesBelow(node).slice(0, count)) moved.set(sample, (moved.get(sample) ?? 0) + 1);
  }
  return moved;
}

function weightOfNode(tree: TreeView, node: Node, { verifier }: MethodContext): number {
  return isRefuted(node) ? 0 : weightOf(steeringScore(tree, node, "last", verifier) ?? NEUTRAL);
}

/** The stopped particles, also of a round that a limit has cut short; null where none has stopped or all are refuted. */
function serve(tree: TreeView, latest: Frontier, by: Parameters["serve"], seed: number): Selected | null {
  const stopped = [...moveOn(latest)].flatMap(([node, count]) => {
    const answer = answerAt(node);
    if (answer === null || isRefuted(answer)) return [];
    const score = pathScore(tree, answer, "last") ?? NEUTRAL;
    return [{ node: answer, score, weight: weightOf(score), count }];
  });
  if (by === "argmax") return keepBest(stopped, ({ weight }) => weight, 1)[0] ?? null;
  const weights = stopped.map(({ weight, count }) => weight * count);
  const drawn = resampleMultinomial(weights, 1, createRandom(seed, "serve"));
  return stopped[drawn.indexOf(1)] ?? null;
}

/** Where the particle has stopped; what was completed at the depth limit stands as a chain of steps. Null: it has not. */
function answerAt(node: Node): Node | null {
  let at: Node | undefined = node;
  while (at !== undefined && !at.isTerminal) at = at.role === "end" ? at.children[0] : undefined;
  return at ?? null;
}
