import { isFinalAnswerMarked } from "../../core/answer/answer.ts";
import { isRefuted, type Node } from "../../core/node.ts";
import type { TreeView } from "../../core/tree-view.ts";
import { countOutcomes, isRight } from "./outcomes.ts";
import { firstPit } from "./pit.ts";

/** One preference of Self-Explore's step-level DPO data: after the prefix, `chosen` rather than `rejected`. */
export interface PitPair {
  /** The wrong solution whose pit it is. */
  readonly solution: Node;
  /** The step before the pit, or the root. */
  readonly prefix: Node;
  /** A right candidate that begins with the prefix, and what it says after it. */
  readonly chosen: Node;
  readonly chosenText: string;
  /** The pit, and what its step says beside a line that gives the final answer. Its depth is its number, from 1. */
  readonly rejected: Node;
  readonly rejectedText: string;
}

/**
 * The pairs of any stored tree (Self-Explore, section 3.3; ALGORITHMS.md 4.10): one per pit, in order of the solutions.
 * Chosen is the shortest right completion from the prefix before the pit; where the pit is the first step, a whole right
 * solution, the one created first. No chosen text serves twice; a pit that is left without one, or whose step is nothing
 * but the final answer, gives no pair. `minCompletions`: see `firstPit`. By hand in pairs.test.ts.
 */
export function pitPairs(tree: TreeView, minCompletions: number): PitPair[] {
  const outcomesOf = countOutcomes(tree);
  const right = tree.terminals.filter(isRight);
  const pits = new Set<Node>();
  const used = new Set<string>();
  return tree.terminals.filter(isRefuted).flatMap((solution): PitPair[] => {
    const pit = firstPit(tree, solution, minCompletions, outcomesOf);
    const prefix = pit?.parent ?? null;
    if (pit === null || prefix === null || pits.has(pit)) return [];
    pits.add(pit);
    const ways = right.filter((candidate) => isBelow(candidate, prefix)).map((chosen) => wayOn(tree, prefix, chosen));
    if (prefix !== tree.root) ways.sort((a, b) => a.chosenText.length - b.chosenText.length);
    const way = ways.find(({ chosenText }) => !used.has(chosenText));
    const rejectedText = withoutFinalAnswer(pit.thought?.text ?? "");
    if (way === undefined || rejectedText.trim() === "") return [];
    used.add(way.chosenText);
    return [{ solution, prefix, ...way, rejected: pit, rejectedText }];
  });
}

function wayOn(tree: TreeView, prefix: Node, chosen: Node): Pick<PitPair, "chosen" | "chosenText"> {
  return { chosen, chosenText: tree.textOf(chosen).slice(tree.textOf(prefix).length) };
}

function isBelow(node: Node, above: Node): boolean {
  let at: Node | null = node;
  while (at !== null && at !== above) at = at.parent;
  return at === above;
}

/** What a step says beside the final answer: DPO should not learn to avoid the form of an answer. */
export function withoutFinalAnswer(step: string): string {
  const lines = step.split(/(?<=\n)/);
  return lines.filter((line) => !isFinalAnswerMarked(line)).join("");
}
