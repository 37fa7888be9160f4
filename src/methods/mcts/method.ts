import { draftDue, FAILURES_BEFORE_CLOSING } from "../../core/draft.ts";
import { defineMethod, type MethodContext } from "../../core/method.ts";
import { askedAt, latestScore, type Node, samplesAt } from "../../core/node.ts";
import { value } from "../../core/selection/value.ts";
import { COMPLETED, type Decision, EARLY_STOP, issue, WAIT } from "../../core/step.ts";
import type { TreeView } from "../../core/tree-view.ts";
import { verificationDue } from "../../core/verification.ts";
import { type Commitment, commitmentOf } from "../commitment.ts";
import { type DescentRule, descend, type Place } from "../descent.ts";
import { boundsAt, type Noise } from "./bounds.ts";
import { type Parameters, parameters } from "./parameters.ts";
import { createRootNoise } from "./root-noise.ts";
import { candidatesUnchanged, isGatePassed } from "./stopping.ts";

/**
 * Monte Carlo tree search over steps of thought: select by UCT (or by PUCT, with the model's own prior), expand, judge,
 * back the value up. Selection counts what is in flight (WU-UCT), so that any width searches in parallel without rounds.
 * With a verifier that has an opinion on partial answers (a judge, an exact step check) every node is judged as it enters
 * the tree, and a refuted one is never continued; with an outcome verifier only completed candidates bring returns.
 */
export const mcts = defineMethod({
  name: "mcts",
  summary: "Monte Carlo tree search over steps, UCT or PUCT with in-flight counts; a proven answer ends the search.",
  parameters,
  policies: { step: "next-step", end: "rollout", list: "propose-list" },
  wantsScored: "steps",
  roles: ({ expansion, draft, finish_above }) => {
    const role = ROLES[expansion];
    const hasEnds = draft || (role === "step" && finish_above !== null);
    return hasEnds && role !== "end" ? ["end", role] : [role];
  },
  needs: ({ expansion, selection, prior }) => [
    ...(expansion === "list" ? [] : ["continuation" as const]),
    ...(selection === "puct" && prior === "logprob" ? ["logprobs" as const] : []),
  ],
  create: (parameters, context) => {
    const nextProposal = createProposer(parameters, context);
    const { backup: family, discount } = parameters;
    return {
      name: "mcts",
      backup: { family, discount },
      next: (tree) => {
        if (tree.solved !== null || isDecided(tree, parameters, context)) return EARLY_STOP;
        const missing = isSpent(tree, parameters) ? 0 : context.rollouts - tree.rollouts - tree.rolloutsInFlight;
        const due = verificationDue(tree, context.verifier, missing <= 0);
        if (due !== null) return due;
        const decision = missing > 0 ? nextProposal(tree, missing) : WAIT;
        return decision.type === "wait" && tree.openSteps.size === 0 ? COMPLETED : decision;
      },
      answer: value.choose,
    };
  },
});

/** What a proposal is, by the parameter `expansion`. */
const ROLES = { step: "step", rollout: "end", list: "list" } as const;

function isDecided(tree: TreeView, { min_value_gate, patience }: Parameters, { verifier }: MethodContext): boolean {
  if (min_value_gate !== undefined && isGatePassed(tree, min_value_gate)) return true;
  if (patience === undefined) return false;
  return candidatesUnchanged(tree, (node) => verifier === null || node.isVerified) >= patience;
}

function isSpent({ root }: TreeView, { max_iterations }: Parameters): boolean {
  return max_iterations !== undefined && root.visits + root.inFlight >= max_iterations;
}

/** The next proposal of the tree search, or a wait where none can be made now. */
function createProposer(
  parameters: Parameters,
  { seed }: MethodContext,
): (tree: TreeView, missing: number) => Decision {
  const { expansion, samples_per_call, max_samples, max_depth, iterations_per_step, root_noise, finish_above } =
    parameters;
  const role = ROLES[expansion];
  const mixNoise = createRootNoise(seed, root_noise);

  const exhausted = new WeakSet<Node>();
  const rule: DescentRule = {
    isClosed: (node) => node.depth >= max_depth || node.failures >= FAILURES_BEFORE_CLOSING,
    widening: (node) => {
      // A list names all that the model can think of: one is enough.
      if (expansion === "list") return askedAt(node, role) === 0 ? "now" : "never";
      if (samplesAt(node) < max_samples) return "now";
      return node.proposing > 0 ? "later" : "never";
    },
    choose: (place) => {
      if (place.canWiden && (place.open.length === 0 || expansion === "list")) return place.node;
      const noise: Noise = place.isRoot && root_noise > 0 ? mixNoise : (priors) => priors;
      return bestPlace(place, parameters, noise);
    },
  };

  return (tree, missing) => {
    const draft = parameters.draft ? draftDue(tree) : null;
    if (draft !== null) return draft;
    const { root, isHeld } = currentRoot(tree, iterations_per_step);
    const node = isHeld ? null : descend(root, rule, exhausted);
    if (node === null) return WAIT;
    if (expansion === "step" && isWorthFinishing(node, finish_above)) {
      return issue({ type: "propose", nodeId: node.id, count: 1, role: "end" });
    }
    const count = expansion === "list" ? 1 : Math.min(missing, samples_per_call);
    return issue({ type: "propose", nodeId: node.id, count, role });
  };
}

function isWorthFinishing(node: Node, threshold: number | null): boolean {
  if (threshold === null || node.thought === null) return false;
  const score = latestScore(node);
  return score !== null && score.value >= threshold;
}

function currentRoot(tree: TreeView, iterations: number | undefined): Commitment {
  return iterations === undefined
    ? { root: tree.root, isHeld: false }
    : commitmentOf(tree, { first: iterations, further: iterations });
}

/** The open child with the highest bound, or the node itself where one more sample there has one as high. */
function bestPlace({ node, open, canWiden }: Place, parameters: Parameters, noise: Noise): Node {
  const bounds = boundsAt(node, open, parameters, noise);
  // Strictly better: on a tie the tree grows wider first, and equal children are taken in creation order.
  let best = node;
  let bestBound = canWiden ? bounds.oneMoreSample : Number.NEGATIVE_INFINITY;
  for (const [index, child] of open.entries()) {
    const bound = bounds.children[index] ?? 0;
    if (bound > bestBound) {
      best = child;
      bestBound = bound;
    }
  }
  return best;
}
