import { keepBest } from "./keep-best.ts";
import { askedAt, isRefuted, latestScore, type Node, samplesAt } from "./node.ts";
import type { Frontier, RoundPlan } from "./rounds.ts";
import type { Role } from "./step.ts";

/** Search over levels of steps with a beam of states: Tree of Thoughts' Algorithm 1, and CPO's collection. */
export interface BreadthFirst {
  /** `sample`: independent steps (role "step"). `propose`: one list of steps per state (role "list"). */
  readonly generate: "sample" | "propose";
  /** States kept per level. */
  readonly breadth: number;
  /** Continuations per state with `sample`. */
  readonly samples: number;
  /** Levels of steps; the states kept then are completed (role "end"). */
  readonly maxDepth: number;
  /** States valued below it are dropped; 0 drops none. */
  readonly pruneBelow: number;
  readonly hasDraft: boolean;
  /** States level with the last one kept are kept too. */
  readonly withTies: boolean;
}

export function breadthFirstPlan(options: BreadthFirst): RoundPlan {
  const { generate, breadth, samples, maxDepth, pruneBelow, hasDraft, withTies } = options;
  const roleOf = (round: number): Role => (round >= maxDepth ? "end" : generate === "sample" ? "step" : "list");
  const frontierOf = (nodes: readonly Node[]): Frontier =>
    new Map(nodes.map((node) => [node, generate === "sample" && !isProven(node) ? samples : 1]));
  return {
    hasDraft,
    isLast: (round) => round >= maxDepth,
    first: (tree) => frontierOf([tree.root]),
    next: (_tree, { round, children }) => {
      if (round >= maxDepth) return null;
      const open = children.filter((node) => isOpen(node, pruneBelow));
      const best = keepBest(open, rankOf, breadth);
      const last = best.at(-1);
      if (last === undefined) return null;
      // Nobody is level with a state that nobody has valued.
      const areTiesKept = withTies && latestScore(last) !== null;
      return frontierOf(areTiesKept ? keepBest(open, rankOf, breadth, true) : best);
    },
    propose: (_tree, node, missing, round) => ({
      type: "propose",
      nodeId: node.id,
      count: missing,
      role: roleOf(round),
    }),
    samplesAt: (node, round) => (roleOf(round) === "list" ? askedAt(node, "list") : samplesAt(node)),
  };
}

/** Only its answer is missing: to ask for that as often as for a step would use up the candidates there are to be. */
function isProven(node: Node): boolean {
  const score = latestScore(node);
  return score?.kind === "verdict" && score.value === 1;
}

function isOpen(node: Node, pruneBelow: number): boolean {
  if (node.isTerminal || isRefuted(node)) return false;
  const score = latestScore(node);
  // Without a score nothing is known against it.
  return score === null || score.value >= pruneBelow;
}

/** States without a score come after all others. */
function rankOf(node: Node): number {
  return latestScore(node)?.value ?? -1;
}
