import type { Node } from "../node.ts";
import { type Decision, issue, type NodeId, WAIT } from "../step.ts";
import type { TreeView } from "../tree-view.ts";
import { byRank } from "./rank.ts";
import type { Selected, Selection } from "./selection.ts";

/** The role of its comparisons. */
const BETTER = "better";
/** Candidates that take part: distinct answers, the best judged first. Each comparison is two calls. */
const KNOCKOUT_SIZE = 16;
const BORDA_SIZE = 6;

/**
 * A knockout of pairwise comparisons, each made in both orders: neighbours by rank meet, the winner goes on, an odd one
 * passes. k - 1 comparisons of k candidates. A comparison that says nothing (0.5) goes to the better ranked.
 */
export const knockout: Selection = {
  name: "knockout",
  summary: "A knockout of pairwise comparisons by the model, each made in both orders.",
  comparators: { [BETTER]: "pairwise" },
  comparisonDue: (tree) => (tree.solved === null ? dueAmong(tree, knockoutRound(tree).open) : null),
  choose: (tree) => (tree.solved === null ? knockoutRound(tree).leader : { node: tree.solved, score: 1 }),
};

/** Every pair is compared; the candidate with the largest mean preference wins (Borda count; LLaMA-Berry, 2024). */
export const borda: Selection = {
  name: "borda",
  summary: "All pairs of the best candidates are compared by the model; the largest mean preference wins.",
  comparators: { [BETTER]: "pairwise" },
  comparisonDue: (tree) => (tree.solved === null ? dueAmong(tree, pairsOf(entrants(tree, BORDA_SIZE))) : null),
  choose: (tree) => (tree.solved === null ? bordaWinner(tree) : { node: tree.solved, score: 1 }),
};

type Pair = readonly [Node, Node];

/** One candidate per answer class, its best; unparsable ones stand for themselves. By falling judgement. */
function entrants(tree: TreeView, size: number): Node[] {
  const seen = new Set<string>();
  const distinct = byRank(tree.terminals).filter((node) => {
    const key = tree.answerClassOf(node) ?? `unparsable ${node.id}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  return distinct.slice(0, size);
}

function knockoutRound(tree: TreeView): { readonly open: readonly Pair[]; readonly leader: Selected | null } {
  let round = entrants(tree, KNOCKOUT_SIZE);
  const preferences = new Map<NodeId, number[]>();
  const leaderOf = (): Selected | null => {
    const node = round[0];
    const won = node === undefined ? [] : (preferences.get(node.id) ?? []);
    return node === undefined ? null : { node, score: won.length === 0 ? 0 : meanOf(won) };
  };
  while (round.length > 1) {
    const pairs = round.flatMap((node, index): Pair[] => {
      const other = round[index + 1];
      return index % 2 === 0 && other !== undefined ? [[node, other]] : [];
    });
    const open = pairs.filter(([a, b]) => tree.comparisonOf(BETTER, a.id, b.id) === null);
    if (open.length > 0) return { open, leader: leaderOf() };
    const winners = pairs.map(([a, b]) => {
      const forFirst = tree.comparisonOf(BETTER, a.id, b.id) ?? 0.5;
      const winner = forFirst >= 0.5 ? a : b;
      preferences.set(winner.id, [...(preferences.get(winner.id) ?? []), Math.max(forFirst, 1 - forFirst)]);
      return winner;
    });
    round = round.length % 2 === 0 ? winners : [...winners, ...round.slice(-1)];
  }
  return { open: [], leader: leaderOf() };
}

function bordaWinner(tree: TreeView): Selected | null {
  const nodes = entrants(tree, BORDA_SIZE);
  let winner: Selected | null = null;
  for (const node of nodes) {
    const won = nodes.flatMap((other) => {
      const preference = other === node ? null : tree.comparisonOf(BETTER, node.id, other.id);
      return preference === null ? [] : [preference];
    });
    const score = won.length === 0 ? 0 : meanOf(won);
    if (winner === null || score > winner.score) winner = { node, score };
  }
  return winner;
}

function pairsOf(nodes: readonly Node[]): Pair[] {
  return nodes.flatMap((first, index) => nodes.slice(index + 1).map((second): Pair => [first, second]));
}

/** The first pair that was neither compared nor is being; a wait while the last ones are under way. */
function dueAmong(tree: TreeView, pairs: readonly Pair[]): Decision | null {
  let isUnderWay = false;
  for (const [first, second] of pairs) {
    if (tree.comparisonOf(BETTER, first.id, second.id) !== null) continue;
    if (!isOpen(tree, first.id, second.id)) {
      return issue({ type: "compare", role: BETTER, nodeIds: [first.id, second.id] });
    }
    isUnderWay = true;
  }
  return isUnderWay ? WAIT : null;
}

function isOpen(tree: TreeView, first: NodeId, second: NodeId): boolean {
  for (const { step } of tree.openSteps.values()) {
    if (step.type === "compare" && step.nodeIds[0] === first && step.nodeIds[1] === second) return true;
  }
  return false;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}
