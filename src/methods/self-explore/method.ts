import { z } from "zod";
import { FAILURES_BEFORE_CLOSING } from "../../core/draft.ts";
import { defineMethod } from "../../core/method.ts";
import { isRefuted, samplesAt } from "../../core/node.ts";
import { value } from "../../core/selection/value.ts";
import { COMPLETED, type Decision, issue, ROOT, WAIT } from "../../core/step.ts";
import type { TreeView } from "../../core/tree-view.ts";
import { verificationDue } from "../../core/verification.ts";
import { OUTCOMES, outcomesKept } from "./outcomes.ts";
import { type ExplorationPlan, explorationOf } from "./pit.ts";

const parameters = z.strictObject({
  /** Solutions sampled from the problem; the wrong ones are explored. */
  solutions: z.int().min(1).max(256).default(4),
  /** k: completions sampled from each prefix that is looked at. 4 in the paper. */
  completions: z.int().min(1).max(64).default(4),
  /** `linear`: step by step from the first, as in the paper. `binary`: by halving, OmegaPRM's way, about log2 as many. */
  search: z.enum(["linear", "binary"]).default("linear"),
  /** Steps that a linear search looks at; 20 in the authors' code. */
  max_steps: z.int().min(1).max(256).default(20),
});

/**
 * Self-Explore (Hwang et al. 2024, arXiv 2404.10346): sample solutions, and for each wrong one find its first pit, the first
 * step from which none of k completions comes out right. It collects training data (pairs.ts) and needs a checker; what it
 * serves is a right answer, if any was found on the way. It does not stop at one.
 *
 * Differs from the paper: completions from a prefix count for every solution that shares it.
 */
export const selfExplore = defineMethod({
  name: "self-explore",
  summary: "Finds the first wrong step of wrong solutions by completing their prefixes: training data.",
  parameters,
  policies: { end: "rollout", complete: "rollout" },
  wantsScored: "answers",
  needs: () => ["checker", "continuation"],
  create: ({ solutions, completions, search, max_steps }, { rollouts, verifier }) => {
    const plan: ExplorationPlan = { completions, search, maxSteps: max_steps };
    return {
      name: "self-explore",
      backup: OUTCOMES,
      next: (tree) => {
        const missing = rollouts - tree.rollouts - tree.rolloutsInFlight;
        // Answers only, and at once: a step's worth is what its completions come to.
        const due = rollouts === 1 ? null : verificationDue(tree, verifier, true);
        if (due !== null) return due;
        const proposal =
          missing > 0 ? (solutionDue(tree, solutions, missing) ?? completionDue(tree, plan, missing)) : null;
        if (proposal !== null) return proposal;
        return tree.openSteps.size > 0 ? WAIT : COMPLETED;
      },
      answer: value.choose,
    };
  },
});

function solutionDue(tree: TreeView, solutions: number, missing: number): Decision | null {
  const count = Math.min(missing, solutions - samplesAt(tree.root));
  if (count <= 0 || tree.root.failures >= FAILURES_BEFORE_CLOSING) return null;
  return issue({ type: "propose", nodeId: ROOT, count, role: "end" });
}

/** For the first wrong solution, in creation order, whose pit is neither found nor waited for. */
function completionDue(tree: TreeView, plan: ExplorationPlan, missing: number): Decision | null {
  for (const solution of tree.terminals) {
    if (solution.role !== "end" || !isRefuted(solution)) continue;
    const exploration = explorationOf(tree.pathOf(solution), outcomesKept, plan);
    if (exploration.type !== "ask") continue;
    const { node, count } = exploration;
    return issue({ type: "propose", nodeId: node.id, count: Math.min(missing, count), role: "complete" });
  }
  return null;
}
