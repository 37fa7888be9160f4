import { isFinalAnswerMarked } from "../../core/answer/answer.ts";
import { isRefuted, type Node } from "../../core/node.ts";
import type { NodeId } from "../../core/step.ts";
import type { TreeView } from "../../core/tree-view.ts";
import { countOutcomes, isRight } from "./outcomes.ts";
import { firstPit } from "./pit.ts";

/** One preference of Self-Explore's step-level DPO data: after the prefix, `chosen` rather than `rejected`. */
export interface PitPair {
  /** The wrong solution whose pit it is. */
  readonly solutionId: NodeId;
  readonly pitId: NodeId;
  /** Number of the pit step, from 1. */
  readonly pitIndex: number;
  /** The solution before the pit; "" where the pit is the first step. */
  readonly prefix: string;
  /** A right way on to the end. */
  readonly chosen: string;
  readonly chosenId: NodeId;
  /** The pit step alone, without a line that gives the final answer. */
  readonly rejected: string;
}

/**
 * The pairs of any stored tree (Self-Explore, section 3.3; ALGORITHMS.md 4.10): one per pit, in order of the solutions.
 * Chosen is the shortest right completion from the prefix before the pit; where the pit is the first step, a whole right
 * solution, the one created first. No chosen text serves twice; a pit that is left without one, or whose step is nothing
 * but the final answer, gives no pair. `minCompletions`: see `firstPit`.
 */
export function pitPairs(tree: TreeView, minCompletions: number): PitPair[] {
  const outcomesOf = countOutcomes(tree);
  const right = tree.terminals.filter(isRight);
  const pits = new Set<Node>();
  const used = new Set<string>();
  return tree.terminals.filter(isRefuted).flatMap((solution): PitPair[] => {
    const pit = firstPit(tree, solution, minCompletions, outcomesOf);
    if (pit === null || pit.parent === null || pits.has(pit)) return [];
    pits.add(pit);
    const prefix = tree.textOf(pit.parent);
    const waysOn = right
      .filter((candidate) => tree.pathOf(candidate).includes(pit.parent ?? pit) || pit.depth === 1)
      .map((candidate) => ({ chosenId: candidate.id, chosen: tree.textOf(candidate).slice(prefix.length) }));
    if (pit.depth > 1) waysOn.sort((a, b) => a.chosen.length - b.chosen.length);
    const way = waysOn.find(({ chosen }) => !used.has(chosen));
    const rejected = withoutFinalAnswer(pit.thought?.text ?? "");
    if (way === undefined || rejected.trim() === "") return [];
    used.add(way.chosen);
    return [{ solutionId: solution.id, pitId: pit.id, pitIndex: pit.depth, prefix, ...way, rejected }];
  });
}

/** What a step says beside the final answer: DPO should not learn to avoid the form of an answer. */
export function withoutFinalAnswer(step: string): string {
  const lines = step.split(/(?<=\n)/);
  return lines.filter((line) => !isFinalAnswerMarked(line)).join("");
}
