import { z } from "zod";
import { defineMethod } from "../../core/method.ts";
import { isRefuted, type Node } from "../../core/node.ts";
import { value } from "../../core/selection/value.ts";
import { type Decision, issue, WAIT } from "../../core/step.ts";
import type { TreeView } from "../../core/tree-view.ts";
import { verificationDue } from "../../core/verification.ts";
import { uct, widenBound } from "./uct.ts";

const parameters = z.strictObject({
  /** c in UCT, >= 0; values are in [0, 1]. 0.01 is tuned on validation hands (docs/methods/mcts.md). */
  exploration_weight: z.number().min(0).max(100).default(0.01),
  /** `rollout`: each proposal runs to the end and is split into its steps. `step`: proposals are single steps. */
  expansion: z.enum(["rollout", "step"]).default("step"),
  /** Continuations asked for in one call when a node is expanded. */
  samples_per_call: z.int().min(1).max(64).default(1),
  /** Samples at one node at most: where all of them repeat each other or are refuted, asking on is money lost. */
  max_samples: z.int().min(1).max(4096).default(256),
  /** Steps from the root at most; a deeper node is not continued. */
  max_depth: z.int().min(1).max(256).default(32),
});

type Parameters = z.infer<typeof parameters>;

/**
 * Monte Carlo tree search over steps of thought: select by UCT, expand, judge, back the mean return up. Selection counts
 * what is in flight (WU-UCT), so that any width searches in parallel without rounds. With a verifier that has an opinion
 * on partial answers (a judge, an exact step check) every node is judged as it enters the tree, and a refuted one is
 * never continued; with an outcome verifier only completed candidates bring returns.
 */
export const mcts = defineMethod({
  name: "mcts",
  summary: "Monte Carlo tree search over steps, UCT with in-flight counts; a proven answer ends the search.",
  parameters,
  policies: { step: "next-step", end: "rollout" },
  wantsScored: "steps",
  create: (parameters, { rollouts, verifier }) => ({
    name: "mcts",
    next: (tree) => {
      if (tree.solved !== null) return { type: "stop", reason: "early-stop" };
      const missing = rollouts - tree.rollouts - tree.rolloutsInFlight;
      const due = verificationDue(tree, verifier, missing <= 0);
      if (due !== null) return due;
      const decision = missing > 0 ? expansion(tree, parameters, missing) : WAIT;
      if (decision.type === "wait" && tree.openSteps.size === 0) return { type: "stop", reason: "completed" };
      return decision;
    },
    answer: value.choose,
  }),
});

function expansion(tree: TreeView, parameters: Parameters, missing: number): Decision {
  // The first proposal goes to the end, whatever follows: from then on there is a best so far to serve, even where a
  // limit or the clock ends the search before its steps add up to an answer.
  const isFirst = tree.rollouts + tree.rolloutsInFlight === 0;
  const node = isFirst && tree.root.failures < FAILURES_BEFORE_CLOSING ? tree.root : selectNode(tree, parameters);
  if (node === null) return WAIT;
  const role = isFirst || parameters.expansion === "rollout" ? "end" : "step";
  const count = isFirst ? 1 : Math.min(missing, parameters.samples_per_call);
  return issue({ type: "propose", nodeId: node.id, count, role });
}

/** From the root down by UCT to the first node where one more sample beats going deeper; null when none is open. */
function selectNode(tree: TreeView, parameters: Parameters): Node | null {
  if (!isOpen(tree.root, parameters)) return null;
  let at = tree.root;
  for (;;) {
    const child = bestChild(at, parameters);
    // Strictly better: on a tie the tree grows wider first.
    if (child === null || child.bound <= widenBound(at, parameters.exploration_weight)) return at;
    at = child.node;
  }
}

function bestChild(parent: Node, parameters: Parameters): { node: Node; bound: number } | null {
  let best: { node: Node; bound: number } | null = null;
  for (const node of parent.children) {
    if (!isOpen(node, parameters)) continue;
    const bound = uct(node, parent, parameters.exploration_weight);
    // Strictly greater: equal children are taken in creation order.
    if (best === null || bound > best.bound) best = { node, bound };
  }
  return best;
}

/** Failures at one node after which it is left alone; each stands for several attempts already. */
const FAILURES_BEFORE_CLOSING = 2;

function isOpen(node: Node, { max_depth, max_samples }: Parameters): boolean {
  if (node.isTerminal || node.depth >= max_depth || isRefuted(node)) return false;
  return node.failures < FAILURES_BEFORE_CLOSING && samplesAt(node) < max_samples;
}

/** Samples taken or asked for at a node; a sample that repeats a child counts, or a certain model would never be left. */
function samplesAt(node: Node): number {
  let samples = node.proposing;
  for (const child of node.children) samples += 1 + child.repeats;
  return samples;
}
