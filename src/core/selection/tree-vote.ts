import type { Node } from "../node.ts";
import type { TreeView } from "../tree-view.ts";
import { judgementOf } from "./rank.ts";
import type { Selection } from "./selection.ts";
import type { AnswerClassTally } from "./tally.ts";
import { chooseClass } from "./vote.ts";

/**
 * Each node of the tree votes, with its own judgement, for every final answer that is found below it: an answer reached
 * along many good steps wins (llm-reasoners' MCTS aggregation, "edge").
 */
export const treeVote: Selection = {
  name: "tree-vote",
  summary: "Every node votes with its judgement for each answer below it.",
  comparators: {},
  choose: (tree) => chooseByVotes(tree, judgementOf),
};

/** The same with each vote divided by the node's depth ("edge_inverse_depth"): deep chains do not outvote by length. */
export const treeVoteInverseDepth: Selection = {
  name: "tree-vote-inverse-depth",
  summary: "The tree vote with each node's vote divided by its depth.",
  comparators: {},
  choose: (tree) => chooseByVotes(tree, (node) => judgementOf(node) / Math.max(1, node.depth)),
};

function chooseByVotes(tree: TreeView, voteOf: (node: Node) => number) {
  const votes = new Map<string, { weight: number; members: Node[] }>();
  for (const terminal of tree.terminals) {
    const answerClass = tree.answerClassOf(terminal);
    if (answerClass === null) continue;
    const entry = votes.get(answerClass) ?? { weight: 0, members: [] };
    entry.members.push(terminal);
    votes.set(answerClass, entry);
  }
  // Once per node and answer, however many candidates below the node come to it.
  for (const entry of votes.values()) {
    const voters = new Set<Node>();
    for (const member of entry.members) {
      for (let at: Node | null = member; at !== null && !voters.has(at); at = at.parent) voters.add(at);
    }
    for (const voter of voters) if (voter.thought !== null) entry.weight += voteOf(voter);
  }
  const classes: AnswerClassTally[] = [...votes]
    .map(([answerClass, { weight, members }]) => ({ answerClass, weight, members }))
    .sort((a, b) => b.weight - a.weight);
  return chooseClass(
    tree.terminals,
    classes,
    classes.reduce((sum, { weight }) => sum + weight, 0),
  );
}
