import { z } from "zod";
import { breadthFirstPlan } from "../../core/breadth-first.ts";
import { defineMethod } from "../../core/method.ts";
import { createRounds } from "../../core/rounds.ts";
import { chooseClass } from "../../core/selection/vote.ts";
import { rankClasses, WINNER_RULES } from "./winner.ts";

const parameters = z.strictObject({
  /** `sample`: k independent steps per state, as published. `propose`: one reply lists the different next steps. */
  generate: z.enum(["sample", "propose"]).default("sample"),
  /** k: thoughts per state with `sample`; the paper's 10. */
  samples: z.int().min(1).max(128).default(10),
  /** States kept per level, and those level with the last of them; the paper's 5. */
  breadth: z.int().min(1).max(1024).default(5),
  /** Levels of thoughts; the states kept then are completed. CPO takes 3 to 5, by task. */
  max_depth: z.int().min(1).max(256).default(5),
  /** The answer class with the largest sum of values wins, or the largest one (its fact checking). */
  winner: z.enum(WINNER_RULES).default("value"),
  /** Begin with a whole answer, so that there is always one to serve. `false`: the collection as published. */
  draft: z.boolean().default(true),
});

/**
 * The search that Chain of Preference Optimization collects its data with (Zhang et al. 2024; ALGORITHMS.md 4.8): Tree
 * of Thoughts, breadth first, which keeps ties with the last state kept, remembers every thought, and believes in the
 * answer class with the largest value. No reference answer is looked at. `preferencePairs` reads the finished tree.
 *
 * Differs from the published code: duplicates are one node from the start, and a refuted step is dropped, whatever its
 * tie.
 */
export const preferenceBfs = defineMethod({
  name: "preference-bfs",
  summary: "CPO's collection: breadth-first thoughts, ties kept, the answer class with the largest value wins.",
  parameters,
  policies: { step: "next-step", list: "propose-list", end: "rollout" },
  wantsScored: "steps",
  roles: ({ generate }) => [generate === "sample" ? "step" : "list", "end"],
  needs: () => ["continuation", "step-scores"],
  create: ({ generate, samples, breadth, max_depth, winner, draft }, context) => {
    const plan = breadthFirstPlan({
      generate,
      breadth,
      samples,
      maxDepth: max_depth,
      pruneBelow: 0,
      hasDraft: draft,
      withTies: true,
    });
    return {
      name: "preference-bfs",
      next: createRounds(plan, context).next,
      answer: (tree) => {
        if (tree.solved !== null) return { node: tree.solved, score: 1 };
        const classes = rankClasses(tree, winner);
        const total = classes.reduce((sum, { weight }) => sum + weight, 0);
        return chooseClass(tree.terminals, classes, total);
      },
    };
  },
});
