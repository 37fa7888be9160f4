import { z } from "zod";
import { defineMethod } from "../../core/method.ts";
import { isNote, type Node } from "../../core/node.ts";
import { judgedValue } from "../../core/selection/rank.ts";
import type { Selected } from "../../core/selection/selection.ts";
import { chooseByValue } from "../../core/selection/value.ts";
import { chooseByWeightedVote, majority } from "../../core/selection/vote.ts";
import { COMPLETED, EARLY_STOP, issue, type Role, WAIT } from "../../core/step.ts";
import type { TreeView } from "../../core/tree-view.ts";
import { verificationDue } from "../../core/verification.ts";
import { candidatesByChain, planOf, standingOf } from "./chains.ts";

const parameters = z.strictObject({
  /** Chains side by side; each is rollouts / chains answers long. 1 is purely sequential, as many as rollouts is best-of-n. */
  chains: z.int().min(1).max(1024).default(4),
  /** `revise`: the next answer with the last four attempts in view. `critique`: a critique first, then a refinement. */
  mode: z.enum(["revise", "critique"]).default("revise"),
  /**
   * `none`: the best-scored answer. `weighted`: the largest sum of scores within each chain, then among the chains'
   * winners (Snell et al.'s hierarchical choice). `majority`: the most frequent final answer of all.
   */
  vote: z.enum(["none", "weighted", "majority"]).default("none"),
});

/**
 * Sequential revisions times parallel chains (Snell et al. 2024, section 6; the chain of critique and refinement is
 * Self-Refine, Madaan et al. 2023): an answer, then revisions of it with the last attempts in view. All answers are kept and
 * judged, and the last of a chain has no privilege: revisions turn right answers wrong, too.
 *
 * Differs from Snell et al.: the revision model is the model itself with a prompt, not one trained to revise.
 */
export const revision = defineMethod({
  name: "revision",
  summary: "Chains of revisions side by side; every answer is judged, and the best of all is served.",
  parameters,
  policies: { end: "whole-answer", revise: "revise", critique: "critique", refine: "refine" },
  wantsScored: "answers",
  roles: ({ mode }) => (mode === "revise" ? ["end", "revise"] : ["end", "critique", "refine"]),
  create: ({ chains, mode, vote }, { rollouts, verifier }) => {
    const plan = planOf(rollouts, chains);
    const roleAt = (node: Node): Role => {
      if (node.parent === null) return "end";
      return isNote(node) ? "refine" : mode;
    };
    return {
      name: "revision",
      next: (tree) => {
        if (tree.solved !== null) return EARLY_STOP;
        const missing = rollouts - tree.rollouts - tree.rolloutsInFlight;
        // One answer alone has nothing to be compared with.
        const due = rollouts === 1 ? null : verificationDue(tree, verifier, missing <= 0);
        if (due !== null) return due;
        const { note, next, owed } = standingOf(tree, plan);
        const isFree = missing - owed - critiquesInFlight(tree) > 0;
        const node = note !== null && missing > 0 ? note : isFree ? next : null;
        if (node !== null) return issue({ type: "propose", nodeId: node.id, count: 1, role: roleAt(node) });
        return tree.openSteps.size > 0 ? WAIT : COMPLETED;
      },
      answer: (tree) => {
        if (vote === "none" || tree.solved !== null) return chooseByValue(tree);
        return vote === "majority" ? majority.choose(tree) : chooseHierarchically(tree);
      },
    };
  },
});

function critiquesInFlight(tree: TreeView): number {
  let count = 0;
  for (const { step } of tree.openSteps.values()) if (step.type === "propose" && step.role === "critique") count++;
  return count;
}

/** The winner of a weighted vote within each chain, and of another among these. */
function chooseHierarchically(tree: TreeView): Selected | null {
  const winners = candidatesByChain(tree).flatMap(
    (candidates) => chooseByWeightedVote(tree, judgedValue, candidates)?.node ?? [],
  );
  return chooseByWeightedVote(tree, judgedValue, winners);
}
