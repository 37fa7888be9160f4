import { z } from "zod";
import { breadthFirstPlan } from "../../core/breadth-first.ts";
import { defineMethod } from "../../core/method.ts";
import { createRounds } from "../../core/rounds.ts";
import { value } from "../../core/selection/value.ts";

const parameters = z.strictObject({
  /** `sample`: k independent steps per state. `propose`: one reply lists the different next steps of a state. */
  generate: z.enum(["sample", "propose"]).default("sample"),
  /** b: states kept per level; 5 in Tree of Thoughts' Game of 24. */
  breadth: z.int().min(1).max(4096).default(5),
  /** k: continuations per state with `sample`; 5 in its creative writing. `propose` asks for one list. */
  samples: z.int().min(1).max(128).default(5),
  /** T: levels of steps; the states kept then are completed. The paper's T belongs to each task. */
  max_depth: z.int().min(1).max(256).default(40),
  /**
   * A state valued below this, in [0, 1], is dropped whatever its rank; 0 drops none. The paper's BFS has no such
   * bound.
   */
  prune_below: z.number().min(0).max(1).default(0),
  /** Begin with a whole answer, so that there is always one to serve. `false`: the algorithm as published. */
  draft: z.boolean().default(true),
});

/**
 * Tree of Thoughts, breadth first (Yao et al. 2023, Algorithm 1; ALGORITHMS.md 4.3): per level the steps that follow
 * each kept state are asked for, all are valued, and the best b are kept. A verifier that scores one state by itself is
 * the paper's value judge; a comparative one (`vote`) is its vote judge and sees each level side by side.
 *
 * Differs from the published code: a completed candidate is kept as an output and takes no place in the beam; a step
 * that repeats a sibling is that sibling, so that it counts once; refuted states are dropped whatever their rank (its
 * own logs show 7.6 % of states reached by illegal moves); ties go to the earliest.
 */
export const totBfs = defineMethod({
  name: "tot-bfs",
  summary: "Tree of Thoughts, breadth first: the best b states of each level go on, by value or by vote.",
  parameters,
  policies: { step: "next-step", list: "propose-list", end: "rollout" },
  wantsScored: "steps",
  roles: ({ generate }) => [generate === "sample" ? "step" : "list", "end"],
  needs: () => ["continuation", "step-scores"],
  create: ({ generate, breadth, samples, max_depth, prune_below, draft }, context) => {
    const plan = breadthFirstPlan({
      generate,
      breadth,
      samples,
      maxDepth: max_depth,
      pruneBelow: prune_below,
      hasDraft: draft,
      withTies: false,
    });
    return { name: "tot-bfs", next: createRounds(plan, context).next, answer: value.choose };
  },
});
