import { z } from "zod";
import { draftDue, FAILURES_BEFORE_CLOSING } from "../../core/draft.ts";
import { defineMethod } from "../../core/method.ts";
import { type Node, samplesAt } from "../../core/node.ts";
import { value } from "../../core/selection/value.ts";
import { COMPLETED, type Decision, issue, WAIT } from "../../core/step.ts";
import type { TreeView } from "../../core/tree-view.ts";
import { verificationDue } from "../../core/verification.ts";
import { commitmentOf } from "../commitment.ts";
import { type DescentRule, descend, type Place } from "../descent.ts";
import { PRIORS, priorsOf } from "../prior.ts";
import { puct } from "../puct.ts";
import { createStepDistance } from "../step-distance.ts";

const parameters = z.strictObject({
  /** Continuations sampled at a node when it is expanded; 2 in MCTS-DPO's script, 5 in others of the family. */
  n_actions: z.int().min(2).max(64).default(2),
  /** Steps ahead of the current root that are searched before the next commitment; 3 in MCTS-DPO's script. */
  max_depth: z.int().min(1).max(64).default(3),
  /** Visits between two commitments, each to the current root's most visited child; 64 in MCTS-DPO's script. */
  iterations: z.int().min(1).max(100_000).default(64),
  /** So many times as many before the first; 4 in MCTS-DPO's script. */
  root_factor: z.int().min(1).max(64).default(4),
  /** w in PUCT, >= 0; values are in [0, 1]. 1 in MCTS-DPO. */
  exploration_weight: z.number().min(0).max(100).default(1),
  /** The prior: the sampled tokens' log-probabilities, or the same for all siblings. */
  prior: z.enum(PRIORS).default("logprob"),
  /** lambda in p = exp(log-probability sum / tokens^lambda); 1.25 in MCTS-DPO. */
  prior_length_exponent: z.number().min(0).max(2).default(1.25),
  /** A step as similar to an earlier sibling as this, or more, is not searched; in [0, 1], by edit distance. */
  similarity: z.number().min(0).max(1).default(0.99),
  /** gamma in (0, 1]; 1 in MCTS-DPO. */
  discount: z.number().gt(0).max(1).default(1),
  /**
   * Verdicts of an exact verifier take part: what is grown then knows the answer. False: they are left out altogether, and
   * the tree is what the model's own judgement makes of it.
   */
  gold: z.boolean().default(false),
});

type Parameters = z.infer<typeof parameters>;

/**
 * The tree search behind MCTS-DPO (Xie et al. 2024), which collects step-level preferences: PUCT with the model as prior,
 * `n_actions` steps at a node, each judged by the model itself, Q = r + gamma V with V the visit-weighted mean of the
 * children. After enough visits, or when all within `max_depth` steps is searched, it commits to the most visited child and
 * goes on from there, until that is the end of an answer. `pairs.ts` reads the preferences off the tree.
 *
 * Differs from the paper's code: values are in [0, 1] and not divided by the depth; the prior adds up to 1 over the
 * siblings; visits are judgements, so that an expansion counts for each of its steps, and what is known already is not
 * visited again; a proof does not end the search, which is after data; similarity is by edit distance. The gold answer
 * takes no part unless it is asked for: their code adds +1 or -1 at the end by it and shows it to the judge.
 */
export const preferenceMcts = defineMethod({
  name: "preference-mcts",
  summary: "The tree search of MCTS-DPO: PUCT, self-evaluated steps, commit and continue; for step-level preferences.",
  parameters,
  policies: { step: "next-step", end: "rollout" },
  wantsScored: "steps",
  needs: ({ prior, gold }) => [
    "continuation",
    "step-scores",
    ...(prior === "logprob" ? ["logprobs" as const] : []),
    ...(gold ? ["checker" as const] : []),
  ],
  create: (parameters, context) => {
    const nextProposal = createProposer(parameters);
    return {
      name: "preference-mcts",
      backup: { family: "visit-weighted", discount: parameters.discount },
      ignoresVerdicts: !parameters.gold,
      next: (tree) => {
        const draft = draftDue(tree);
        if (draft !== null) return draft;
        const missing = context.rollouts - tree.rollouts - tree.rolloutsInFlight;
        const due = verificationDue(tree, context.verifier, missing <= 0);
        if (due !== null) return due;
        const decision = missing > 0 ? nextProposal(tree, missing) : WAIT;
        return decision.type === "wait" && tree.openSteps.size === 0 ? COMPLETED : decision;
      },
      answer: value.choose,
    };
  },
});

function createProposer(parameters: Parameters): (tree: TreeView, missing: number) => Decision {
  const { n_actions, max_depth, iterations, root_factor, similarity } = parameters;
  const distance = createStepDistance();
  const isLikeEarlierSibling = (node: Node): boolean => {
    for (const sibling of node.parent?.children ?? []) {
      if (sibling === node) return false;
      if (1 - distance(node, sibling) >= similarity) return true;
    }
    return false;
  };
  const ruleBelow = (root: Node): DescentRule => ({
    isClosed: (node) =>
      node.depth >= root.depth + max_depth ||
      node.failures >= FAILURES_BEFORE_CLOSING ||
      (node !== root && isLikeEarlierSibling(node)),
    widening: (node) => (samplesAt(node) < n_actions ? "now" : "never"),
    choose: (place) => (place.canWiden ? place.node : mostPromising(place, parameters)),
  });

  // What is too deep depends on the root, and with it what is exhausted.
  const exhaustedBelow = new WeakMap<Node, WeakSet<Node>>();
  const exhaustedFrom = (root: Node): WeakSet<Node> => {
    const exhausted = exhaustedBelow.get(root) ?? new WeakSet();
    exhaustedBelow.set(root, exhausted);
    return exhausted;
  };

  return (tree, missing) => {
    const places = new Map<Node, Node | null>();
    const placeBelow = (root: Node): Node | null => {
      const known = places.get(root);
      if (known !== undefined) return known;
      const exhausted = exhaustedFrom(root);
      const place = exhausted.has(root) ? null : descend(root, ruleBelow(root), exhausted);
      places.set(root, place);
      return place;
    };
    // Found out anew where it is not known, so that a method made afresh over the same tree decides alike.
    const isSearched = (root: Node): boolean => placeBelow(root) === null && exhaustedFrom(root).has(root);
    const { root, isHeld } = commitmentOf(tree, { first: root_factor * iterations, further: iterations, isSearched });
    const node = isHeld ? null : placeBelow(root);
    if (node === null) return WAIT;
    const count = Math.min(missing, n_actions - samplesAt(node));
    return issue({ type: "propose", nodeId: node.id, count, role: "step" });
  };
}

/** The open child with the largest PUCT bound; of equals the earliest. One that nobody has judged is worth its parent. */
function mostPromising({ node, open }: Place, parameters: Parameters): Node {
  const { exploration_weight, prior, prior_length_exponent } = parameters;
  const priors = priorsOf(open, prior, prior_length_exponent);
  const tries = node.visits + node.inFlight;
  let best = node;
  let bestBound = Number.NEGATIVE_INFINITY;
  for (const [index, child] of open.entries()) {
    const q = child.visits > 0 ? child.value : node.value;
    const bound = puct(q, priors[index] ?? 0, child.visits + child.inFlight, tries, exploration_weight);
    if (bound > bestBound) {
      best = child;
      bestBound = bound;
    }
  }
  return best;
}
