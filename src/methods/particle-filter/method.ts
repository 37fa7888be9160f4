import { z } from "zod";
import { pathScore, steeringScore } from "../../core/aggregation.ts";
import { keepBest } from "../../core/keep-best.ts";
import { defineMethod, type MethodContext } from "../../core/method.ts";
import { isRefuted, type Node } from "../../core/node.ts";
import { createRandom, type Random } from "../../core/random.ts";
import { createRounds, type RoundPlan } from "../../core/rounds.ts";
import type { Selected } from "../../core/selection/selection.ts";
import { value } from "../../core/selection/value.ts";
import type { TreeView } from "../../core/tree-view.ts";
import { add, type Counts, createParticles, moveOn, type Particles, referencesAt, usedAfter } from "./particles.ts";
import { resampleMultinomial, resampleSystematic, weightOf } from "./weights.ts";

const parameters = z.strictObject({
  /**
   * Particles per iteration; absent: the budget's rollouts shared out. One that is not drawn again has cost its
   * rollout.
   */
  particles: z.int().min(1).max(1024).optional(),
  /** `multinomial` as published; `systematic` draws with less noise for the same weights (Kitagawa 1996). */
  resampling: z.enum(["multinomial", "systematic"]).default("multinomial"),
  /** Of the stopped particles the one with the largest weight is served, or one drawn by weight. its_hub's `argmax`. */
  serve: z.enum(["argmax", "sample"]).default("argmax"),
  /** More than 1 is Particle Gibbs: the filter runs again, with references kept from the run before. its_hub's 1. */
  iterations: z.int().min(1).max(64).default(1),
  /** Stopped particles drawn as references for the next iteration, where fewer than the particles; its_hub's 1. */
  references: z.int().min(0).max(64).default(1),
  /** Steps at most; what is unfinished then is completed. */
  max_depth: z.int().min(1).max(256).default(40),
});

type Parameters = z.infer<typeof parameters>;

/** A step that nobody could score: odds of 1. */
const NEUTRAL = 0.5;

/**
 * Particle filtering and Particle Gibbs (Puri et al. 2025; its code, its_hub; ALGORITHMS.md section 5): the partial
 * answers are samples of the answers that the process reward approves of. Each step moves every particle on by one
 * sampled step, weighs it by e^logit(score), and draws all particles anew by weight. A stopped particle keeps its last
 * weight and takes part. Unlike a beam it follows the reward's proportions, not its ranking, so that a noisy reward
 * misleads it less.
 *
 * Differs from its_hub: refuted particles have no weight at all; the particles that say the same are one node with a
 * count.
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
        return serve(tree, rounds.standing(tree).latest, parameters, context.seed) ?? value.choose(tree);
      },
    };
  },
});

function planOf(parameters: Parameters, context: MethodContext): RoundPlan<Particles> {
  const { iterations, max_depth } = parameters;
  const size = parameters.particles ?? Math.max(1, Math.floor(context.rollouts / iterations));
  const draw = parameters.resampling === "multinomial" ? resampleMultinomial : resampleSystematic;

  const begin = (root: Node, rest: Pick<Particles, "iteration" | "references" | "used">): Particles =>
    createParticles(new Map([[root, size - rest.references.length]]), { ...rest, steps: 0 });

  /** All free particles have stopped: the next iteration, or the particles of the end. */
  const renew = (tree: TreeView, last: Particles): Particles => {
    if (last.iteration + 1 >= iterations) return last;
    const random = createRandom(context.seed, "reference", last.iteration);
    const kept = Math.min(parameters.references, size - 1);
    const drawn = drawFrom(tree, withReferences(last.free, last.references), kept, draw, random, context);
    const references = [...drawn].flatMap(([node, count]) => Array.from({ length: count }, () => node));
    return begin(tree.root, { iteration: last.iteration + 1, references, used: last.used });
  };

  return {
    first: (tree) => begin(tree.root, { iteration: 0, references: [], used: new Map() }),
    next: (tree, { round, frontier: particles }) => {
      if (hasStopped(particles.free)) return null;
      const { iteration, references } = particles;
      const steps = particles.steps + 1;
      const pool = withReferences(moveOn(particles, max_depth), referencesAt(tree, references, steps));
      const random = createRandom(context.seed, "resample", round);
      const free = drawFrom(tree, pool, size - references.length, draw, random, context);
      if (free.size === 0) return null;
      const drawn = createParticles(free, { iteration, steps, references, used: usedAfter(particles) });
      return hasStopped(free) ? renew(tree, drawn) : drawn;
    },
    propose: (_tree, node, missing) => ({
      type: "propose",
      nodeId: node.id,
      count: missing,
      role: node.depth >= max_depth ? "end" : "step",
    }),
  };
}

function hasStopped(free: Counts): boolean {
  return [...free.keys()].every((node) => node.isTerminal);
}

function withReferences(free: Counts, references: readonly Node[]): Map<Node, number> {
  const pool = new Map(free);
  for (const reference of references) add(pool, reference, 1);
  return pool;
}

/** So many particles drawn by weight; none where nothing has any. In creation order, whatever arrived first. */
function drawFrom(
  tree: TreeView,
  pool: Counts,
  count: number,
  draw: (weights: readonly number[], count: number, random: Random) => number[],
  random: Random,
  context: MethodContext,
): Counts {
  const entries = [...pool].sort(([a], [b]) => a.order - b.order);
  const counts = draw(
    entries.map(([node, copies]) => copies * weightOfNode(tree, node, context)),
    count,
    random,
  );
  return new Map(entries.map(([node], index) => [node, counts[index] ?? 0] as const).filter(([, drawn]) => drawn > 0));
}

function weightOfNode(tree: TreeView, node: Node, { verifier }: MethodContext): number {
  return isRefuted(node) ? 0 : weightOf(steeringScore(tree, node, "last", verifier) ?? NEUTRAL);
}

/**
 * From the stopped particles, also of a round that a limit has cut short; null where none has stopped or all are
 * refuted.
 */
function serve(tree: TreeView, latest: Particles, { serve: by, max_depth }: Parameters, seed: number): Selected | null {
  const stopped = [...withReferences(moveOn(latest, max_depth), latest.references)].flatMap(([node, count]) => {
    if (!node.isTerminal || isRefuted(node)) return [];
    const score = pathScore(tree, node, "last") ?? NEUTRAL;
    return [{ node, score, weight: weightOf(score), count }];
  });
  if (by === "argmax") return keepBest(stopped, ({ weight }) => weight, 1)[0] ?? null;
  const weights = stopped.map(({ weight, count }) => weight * count);
  const drawn = resampleMultinomial(weights, 1, createRandom(seed, "serve"));
  return stopped[drawn.indexOf(1)] ?? null;
}
