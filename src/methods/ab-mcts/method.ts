import { z } from "zod";
import { draftDue } from "../../core/draft.ts";
import { defineMethod } from "../../core/method.ts";
import type { Node } from "../../core/node.ts";
import { value } from "../../core/selection/value.ts";
import { COMPLETED, type Decision, EARLY_STOP, issue, type Role, WAIT } from "../../core/step.ts";
import { verificationDue } from "../../core/verification.ts";
import { POSTERIORS } from "./posterior.ts";
import { type SelectRule, selectModel, selectNode } from "./select.ts";

const parameters = z.strictObject({
  /** `answers`: a child is a fresh answer at the root, a revision below an answer. `steps`: it is the next step. */
  mode: z.enum(["answers", "steps"]).default("answers"),
  /** Beliefs about an arm's mean score: normal-inverse-chi-squared, TreeQuest's default, or Beta(1/2, 1/2). */
  posterior: z.enum(POSTERIORS).default("normal"),
  /** Public ids of the models that write children; none: the model of the request. */
  models: z.array(z.string().min(1).max(200)).max(16).default([]),
  /** Children from the root at most; a deeper node has none. */
  max_depth: z.int().min(1).max(256).default(32),
  /** Samples at one node at most; TreeQuest has no such bound. */
  max_samples: z.int().min(1).max(4096).default(256),
});

/**
 * AB-MCTS-A, adaptive branching Monte Carlo tree search with node aggregation (Inoue et al. 2025, arXiv 2503.04412; Sakana's
 * TreeQuest): at every node Thompson sampling decides between a new child (GEN) and going on below one that is there
 * (CONT). How wide and how deep the tree grows is thus up to the scores.
 *
 * Differs from TreeQuest: a sample that repeats a sibling is no child of its own, and is a score of 0 to GEN; the first
 * child is always a fresh whole answer.
 */
export const abMcts = defineMethod({
  name: "ab-mcts",
  summary: "Adaptive branching: Thompson sampling decides at every node between a new child and going deeper.",
  parameters,
  policies: { end: "whole-answer", revise: "revise", draft: "rollout", step: "next-step" },
  wantsScored: "answers",
  wantsScoredWith: ({ mode }) => (mode === "steps" ? "steps" : "answers"),
  scorers: ["judge", "grade", "value"],
  roles: ({ mode }) => (mode === "answers" ? ["end", "revise"] : ["draft", "step"]),
  needs: ({ mode }) => (mode === "answers" ? [] : ["continuation", "step-scores"]),
  models: ({ models }) => models,
  create: ({ mode, posterior, models, max_depth, max_samples }, { rollouts, verifier }) => {
    const isInSteps = mode === "steps";
    const roleAt = (node: Node): Role => {
      if (isInSteps) return "step";
      return node.parent === null ? "end" : "revise";
    };
    const rule: SelectRule = { posterior, isInSteps, roleAt, maxDepth: max_depth, maxSamples: max_samples };
    return {
      name: "ab-mcts",
      next: (tree, random) => {
        if (tree.solved !== null) return EARLY_STOP;
        const generate = (node: Node, role: Role): Decision => {
          const model = selectModel(tree, models, posterior, random);
          return issue({ type: "propose", nodeId: node.id, count: 1, role, ...(model !== null && { model }) });
        };
        if (draftDue(tree) !== null) return generate(tree.root, isInSteps ? "draft" : "end");
        const missing = rollouts - tree.rollouts - tree.rolloutsInFlight;
        // One answer alone has nothing to be compared with.
        const due = rollouts === 1 ? null : verificationDue(tree, verifier, missing <= 0);
        if (due !== null) return due;
        const node = missing > 0 ? selectNode(tree.root, rule, random) : null;
        if (node !== null) return generate(node, roleAt(node));
        return tree.openSteps.size > 0 ? WAIT : COMPLETED;
      },
      answer: value.choose,
    };
  },
});
