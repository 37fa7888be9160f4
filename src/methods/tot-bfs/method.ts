import { z } from "zod";
import { keepBest } from "../../core/keep-best.ts";
import { defineMethod } from "../../core/method.ts";
import { askedAt, isRefuted, latestScore, type Node, samplesAt } from "../../core/node.ts";
import { type Frontier, nextByRounds, type RoundPlan } from "../../core/rounds.ts";
import { value } from "../../core/selection/value.ts";
import type { Role } from "../../core/step.ts";

const parameters = z.strictObject({
  /** `sample`: k independent steps per state. `propose`: one reply lists the different next steps of a state. */
  generate: z.enum(["sample", "propose"]).default("sample"),
  /** b: states kept per level; 5 in Tree of Thoughts' Game of 24. */
  breadth: z.int().min(1).max(4096).default(5),
  /** k: continuations per state with `sample`; 5 in its creative writing. `propose` asks for one list. */
  samples: z.int().min(1).max(128).default(5),
  /** T: levels of steps; the states kept then are completed. The paper's T belongs to each task. */
  max_depth: z.int().min(1).max(256).default(40),
  /** A state valued below this, in [0, 1], is dropped whatever its rank; 0 drops none. The paper's BFS has no such bound. */
  prune_below: z.number().min(0).max(1).default(0),
  /** Begin with a whole answer, so that there is always one to serve. `false`: the algorithm as published. */
  draft: z.boolean().default(true),
});

type Parameters = z.infer<typeof parameters>;

/**
 * Tree of Thoughts, breadth first (Yao et al. 2023, Algorithm 1; ALGORITHMS.md 4.3): per level the steps that follow each
 * kept state are asked for, all are valued, and the best b are kept. A verifier that scores one state by itself is the
 * paper's value judge; a comparative one (`vote`) is its vote judge and sees each level side by side.
 *
 * Differs from the published code: a completed candidate is kept as an output and takes no place in the beam; a step that
 * repeats a sibling is that sibling, so that it counts once; refuted states are dropped whatever their rank (its own logs
 * show 7.6 % of states reached by illegal moves); ties go to the earliest.
 */
export const totBfs = defineMethod({
  name: "tot-bfs",
  summary: "Tree of Thoughts, breadth first: the best b states of each level go on, by value or by vote.",
  parameters,
  policies: { step: "next-step", list: "propose-list", end: "rollout" },
  wantsScored: "steps",
  roles: ({ generate }) => [generate === "sample" ? "step" : "list", "end"],
  needs: () => ["continuation", "step-scores"],
  create: (parameters, context) => ({
    name: "tot-bfs",
    next: nextByRounds(planOf(parameters), context),
    answer: value.choose,
  }),
});

function planOf({ generate, breadth, samples, max_depth, prune_below, draft }: Parameters): RoundPlan {
  const roleOf = (round: number): Role => (round >= max_depth ? "end" : generate === "sample" ? "step" : "list");
  const frontierOf = (nodes: readonly Node[]): Frontier =>
    new Map(nodes.map((node) => [node, generate === "sample" ? samples : 1]));
  return {
    hasDraft: draft,
    isLast: (round) => round >= max_depth,
    first: (tree) => frontierOf([tree.root]),
    next: (_tree, { round, children }) => {
      if (round >= max_depth) return null;
      const kept = keepBest(
        children.filter((node) => isOpen(node, prune_below)),
        rankOf,
        breadth,
      );
      return kept.length === 0 ? null : frontierOf(kept);
    },
    propose: (_tree, node, missing, round) => ({
      type: "propose",
      nodeId: node.id,
      count: missing,
      role: roleOf(round),
    }),
    samplesAt: (node, round) => (roleOf(round) === "list" ? askedAt(node, "list") : samplesAt(node)),
  };
}

function isOpen(node: Node, pruneBelow: number): boolean {
  if (node.isTerminal || isRefuted(node)) return false;
  const score = latestScore(node);
  // Without a score nothing is known against it.
  return score === null || score.value >= pruneBelow;
}

/** States without a score come after all others. */
function rankOf(node: Node): number {
  return latestScore(node)?.value ?? -1;
}
