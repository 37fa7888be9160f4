import { z } from "zod";
import { draftDue, FAILURES_BEFORE_CLOSING } from "../../core/draft.ts";
import { defineMethod } from "../../core/method.ts";
import { isNote, type Node } from "../../core/node.ts";
import { COMPLETED, EARLY_STOP, issue, WAIT } from "../../core/step.ts";
import type { TreeView } from "../../core/tree-view.ts";
import { type DescentRule, descend } from "../descent.ts";
import { ACTIONS, type ActionRule, actionDue } from "./actions.ts";
import { chooseContender, DISCRIMINATE, discriminationDue } from "./discrimination.ts";
import { rewardDue } from "./rewards.ts";
import { createUct, rewardOf } from "./uct.ts";

const parameters = z.strictObject({
  /** What a node may try, in this order; without `finish` nothing would ever be completed. */
  actions: z
    .array(z.enum(ACTIONS))
    .refine((actions) => actions.includes("finish") && new Set(actions).size === actions.length, {
      error: "the actions must be different, and 'finish' one of them",
    })
    .default([...ACTIONS]),
  /** c in UCT, >= 0; 2 in the authors' code. */
  exploration_weight: z.number().min(0).max(100).default(2),
  /** Samples when a node is finished: the votes that make its reward. 10 in the authors' code; each is a rollout here. */
  votes: z.int().min(1).max(64).default(4),
  /** Samples of `step`, and of `sub-question`, at one node. 3 in the authors' code, 5 in the paper. */
  samples_per_action: z.int().min(1).max(64).default(3),
  /** Steps from the root from which on a node is only finished. 5 in the paper, 8 for MATH. */
  max_depth: z.int().min(1).max(256).default(5),
  /** Masked suffixes of each trajectory; 4 in the authors' code, 0 does without the discriminator. */
  suffixes: z.int().min(0).max(16).default(4),
  /** Final answers that the discriminator looks at, those with the largest reward. */
  discriminated_answers: z.int().min(1).max(64).default(8),
  /** Public id of the model that completes the masked suffixes; null: the model of the request. */
  discriminator_model: z.string().min(1).max(200).nullable().default(null),
});

/**
 * rStar, mutual reasoning (Qi et al. 2024, arXiv 2408.06195): MCTS over five human-like actions, the reward of a finished
 * node the agreement of its votes; then a second model completes masked trajectories, and an answer that it comes to as well
 * is believed.
 *
 * Differs from the paper: finished answers are split into their steps, which are nodes to go on from like any other; actions
 * are tried one after the other, a node's own finish first, instead of all at its expansion; of each final answer one
 * trajectory is discriminated; cuts are at step boundaries.
 */
export const rstar = defineMethod({
  name: "rstar",
  summary:
    "MCTS over five kinds of steps, rewarded by agreement; another model's completions confirm the answer (rStar).",
  parameters,
  policies: {
    finish: "finish",
    "sub-question": "sub-question",
    step: "one-step",
    "re-answer": "re-answer",
    rephrase: "rephrase",
    discriminate: "discriminate",
  },
  wantsScored: "answers",
  roles: ({ actions, suffixes }) => (suffixes === 0 ? actions : [...actions, DISCRIMINATE]),
  needs: () => ["continuation"],
  models: ({ discriminator_model }) => (discriminator_model === null ? [] : [discriminator_model]),
  create: (parameters, { rollouts, verifier }) => {
    const { votes, discriminator_model } = parameters;
    const actionRule: ActionRule = {
      actions: parameters.actions,
      votes,
      samples: parameters.samples_per_action,
      maxDepth: parameters.max_depth,
    };
    const discrimination = { suffixes: parameters.suffixes, candidates: parameters.discriminated_answers };
    const descent = descentRule(actionRule, parameters.exploration_weight);
    const exhausted = new WeakSet<Node>();
    return {
      name: "rstar",
      backup: rewardOf(votes),
      next: (tree) => {
        if (tree.solved !== null) return EARLY_STOP;
        const draft = draftDue(tree, "finish");
        if (draft !== null) return draft;
        const missing = rollouts - tree.rollouts - tree.rolloutsInFlight;
        const node = missing > 0 ? descend(tree.root, descent, exhausted) : null;
        const isSearchDone = node === null && !isSearching(tree);
        // With one rollout there is nothing to choose from, and nothing is judged.
        const due = rollouts === 1 ? null : rewardDue(tree, verifier, votes, isSearchDone);
        if (due !== null) return due;
        const next = node === null ? null : actionDue(node, actionRule);
        if (node !== null && next !== null) {
          const count = next.action === "rephrase" ? next.count : Math.min(next.count, missing);
          return issue({ type: "propose", nodeId: node.id, count, role: next.action });
        }
        const masked = isSearchDone ? discriminationDue(tree, discrimination) : null;
        if (masked !== null) {
          const model = discriminator_model === null ? {} : { model: discriminator_model };
          return issue({ type: "propose", nodeId: masked.node.id, count: masked.count, role: DISCRIMINATE, ...model });
        }
        return tree.openSteps.size > 0 ? WAIT : COMPLETED;
      },
      answer: (tree) => chooseContender(tree, discrimination),
    };
  },
});

/** Is anything of the search itself in flight? The discriminator begins when the candidates stand. */
function isSearching(tree: TreeView): boolean {
  for (const { step } of tree.openSteps.values()) {
    if (step.type !== "propose" || step.role !== DISCRIMINATE) return true;
  }
  return false;
}

function descentRule(rule: ActionRule, explorationWeight: number): DescentRule {
  return {
    isClosed: (node) => node.failures >= FAILURES_BEFORE_CLOSING || (isNote(node) && node.role !== "rephrase"),
    widening: (node) => {
      if (actionDue(node, rule) !== null) return "now";
      return node.proposing > 0 ? "later" : "never";
    },
    choose: ({ node, open, canWiden }) => {
      if (canWiden) return node;
      const uct = createUct(node, explorationWeight, rule.votes);
      // Strictly better: equal children are taken in creation order.
      const bounds = open.map((child) => ({ child, bound: uct(child) }));
      return bounds.reduce((best, one) => (one.bound > best.bound ? one : best)).child;
    },
  };
}
