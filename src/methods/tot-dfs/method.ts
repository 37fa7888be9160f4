import { z } from "zod";
import { draftDue } from "../../core/draft.ts";
import { judgementTogether, judgingOf } from "../../core/judging.ts";
import { defineMethod } from "../../core/method.ts";
import { value } from "../../core/selection/value.ts";
import { COMPLETED, type Decision, EARLY_STOP, issue, WAIT } from "../../core/step.ts";
import { verificationDue } from "../../core/verification.ts";
import { createWalk, isAsked, missingAt, roleAt, type Standing, type WalkOptions } from "./walk.ts";

const parameters = z.strictObject({
  /**
   * `sample`: independent steps per state. `propose`: lists of different steps, with marks of confidence if it has
   * them.
   */
  generate: z.enum(["sample", "propose"]).default("sample"),
  /** Steps per state with `sample`; 5 as in tot-bfs. */
  samples: z.int().min(1).max(128).default(5),
  /** Lists per state with `propose`; the crosswords' 8, whose marks of confidence add up. */
  lists: z.int().min(1).max(64).default(8),
  /** T: depth at which a state is completed instead of continued; the crosswords have at most 10 steps. */
  max_depth: z.int().min(1).max(256).default(10),
  /** States visited below one state at most; the crosswords' 3. */
  max_children: z.int().min(1).max(64).default(3),
  /** States visited in all, those asked for ahead included; the crosswords' 100. */
  max_states: z.int().min(1).max(4096).default(100),
  /**
   * v_th: a state valued below this is not visited. With `value`, 0.001 is what all samples call impossible; 0 is off.
   */
  prune_below: z.number().min(0).max(1).default(0.001),
  /** States asked for ahead of the walk: the ones it would come back to. 0 is strictly one at a time; 2 is ours. */
  look_ahead: z.int().min(0).max(64).default(2),
  /** Begin with a whole answer, so that there is always one to serve. `false`: the algorithm as published. */
  draft: z.boolean().default(true),
});

/**
 * Tree of Thoughts, depth first (Yao et al. 2023, Algorithm 2; ALGORITHMS.md 4.4): go to the most promising step of a
 * state, below it to the most promising again, and back where a state has nothing left that is worth a visit.
 *
 * Two slips of the paper's pseudo-code are mended: the bound is on the child's value, V(s') > v_th, not the parent's,
 * and a recorded output returns. Differs from the published code: a proven answer ends the walk; the best-judged answer
 * is served, not the deepest state; with `look_ahead` the walk's next states are asked for while it waits.
 */
export const totDfs = defineMethod({
  name: "tot-dfs",
  summary: "Tree of Thoughts, depth first: the most promising step first, back where nothing is worth a visit.",
  parameters,
  policies: { step: "next-step", list: "propose-list", end: "rollout" },
  wantsScored: "steps",
  roles: ({ generate }) => [generate === "sample" ? "step" : "list", "end"],
  needs: () => ["continuation", "step-scores"],
  create: (parameters, { rollouts, verifier }) => {
    const options: WalkOptions = {
      generate: parameters.generate,
      samples: parameters.samples,
      lists: parameters.lists,
      maxDepth: parameters.max_depth,
      maxChildren: parameters.max_children,
      maxStates: parameters.max_states,
      pruneBelow: parameters.prune_below,
      judging: judgingOf(verifier),
      hasDraft: parameters.draft,
    };
    const walk = createWalk(options);
    return {
      name: "tot-dfs",
      next: (tree) => {
        if (tree.solved !== null) return EARLY_STOP;
        const draft = parameters.draft ? draftDue(tree) : null;
        if (draft !== null) return draft;
        const standing = tree.rollouts >= rollouts ? null : walk(tree);
        // A lone answer is served whatever is thought of it; a checker that costs nothing is asked by the loop.
        const isLone = standing === null && tree.terminals.length < 2;
        const due = isLone ? null : verificationDue(tree, verifier, standing === null);
        if (due !== null) return due;
        if (standing === null) return tree.openSteps.size > 0 ? WAIT : COMPLETED;
        return visit(standing, options, parameters.look_ahead);
      },
      answer: value.choose,
    };
  },
});

/** What the walk waits for, then what it would wait for next. */
function visit({ current, pending, room }: Standing, options: WalkOptions, lookAhead: number): Decision {
  for (const node of [current, ...pending.slice(0, lookAhead)]) {
    if (room <= 0 && !isAsked(node, options)) continue;
    const count = missingAt(node, options);
    if (count > 0) return issue({ type: "propose", nodeId: node.id, count, role: roleAt(node, options) });
    const judgement = options.judging === "together" ? judgementTogether([node]) : null;
    if (judgement !== null) return judgement;
  }
  return WAIT;
}
