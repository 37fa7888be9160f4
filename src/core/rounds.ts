import { FAILURES_BEFORE_CLOSING } from "./draft.ts";
import { type Node, samplesAt } from "./node.ts";
import { type Decision, issue, type ProposeStep, WAIT } from "./step.ts";
import type { TreeView } from "./tree-view.ts";

/**
 * Methods that go level by level (Tree of Thoughts, beam search, DVTS, REBASE, particle filters, speculative rejection)
 * as one pure function: in each round every node of the frontier gets its share of samples, all of them are judged, and
 * the method picks the next frontier. What makes the barrier bearable is that a round's calls all run at once.
 */
export interface RoundPlan {
  /** The first frontier. */
  first(tree: TreeView): Frontier;
  /**
   * The frontier after a finished round; null when the search is done. It is told the same round again later, over a
   * larger tree, and must say the same: so it looks at the round only (and at the scores and texts of its nodes, which are
   * settled), never at `tree.rollouts` or `tree.terminals`, and chance comes from `createRandom(seed, "round", round)`.
   */
  next(tree: TreeView, finished: FinishedRound): Frontier | null;
  /** What to ask at a frontier node that still lacks `missing` samples. Its count may be smaller. */
  propose(tree: TreeView, node: Node, missing: number, round: number): ProposeStep;
  /** Samples that a node has in this round already, asked for ones included; by default all of its children. */
  readonly samplesAt?: (node: Node, round: number) => number;
}

/** Samples wanted below each node, >= 1, in the order in which they are asked for. */
export type Frontier = ReadonlyMap<Node, number>;

export interface FinishedRound {
  /** Counts from 0. */
  readonly round: number;
  readonly frontier: Frontier;
  /** Children of the frontier's nodes, by the frontier's order and then in creation order. */
  readonly children: readonly Node[];
  /** Candidates completed in this round and the ones before it, repeats included. */
  readonly completed: number;
}

export interface RoundState {
  readonly round: number;
  /** Null when the plan is carried out. */
  readonly frontier: Frontier | null;
  /** Candidates completed in the rounds before this one, repeats included. */
  readonly completed: number;
}

/**
 * Where the search stands. A round is over when each frontier node has its samples (or failed too often, or is complete)
 * and none of the children waits for its judgement. That cannot be undone by anything that arrives later, so finished
 * rounds are remembered by tree: a cache, never a state; without it the same is found again from the root.
 */
export function createRounds(
  plan: RoundPlan,
  needsScores: boolean,
): { standing(tree: TreeView): RoundState; decide(tree: TreeView): Decision | null } {
  const known = new WeakMap<TreeView, RoundState>();

  const standing = (tree: TreeView): RoundState => {
    let state = known.get(tree) ?? { round: 0, frontier: plan.first(tree), completed: 0 };
    while (state.frontier !== null && isFinished(tree, plan, state, needsScores)) {
      const { round, frontier } = state;
      const children = [...frontier.keys()].flatMap((node) => node.children);
      const completed = state.completed + countCompleted(children);
      state = { round: round + 1, frontier: plan.next(tree, { round, frontier, children, completed }), completed };
    }
    known.set(tree, state);
    return state;
  };

  return {
    standing,
    /** The next proposal of the round; a wait while the round is being answered; null when the plan is carried out. */
    decide: (tree) => {
      const { round, frontier } = standing(tree);
      if (frontier === null) return null;
      for (const [node, quota] of frontier) {
        const missing = missingAt(plan, node, quota, round);
        if (missing > 0) return issue(plan.propose(tree, node, missing, round));
      }
      return WAIT;
    },
  };
}

function countCompleted(nodes: readonly Node[]): number {
  return nodes.reduce((sum, node) => sum + (node.isTerminal ? 1 + node.repeats : 0), 0);
}

function missingAt(plan: RoundPlan, node: Node, quota: number, round: number): number {
  if (isClosed(node)) return 0;
  return quota - (plan.samplesAt ?? samplesAt)(node, round);
}

function isClosed(node: Node): boolean {
  return node.isTerminal || node.failures >= FAILURES_BEFORE_CLOSING;
}

function isFinished(tree: TreeView, plan: RoundPlan, { round, frontier }: RoundState, needsScores: boolean): boolean {
  if (frontier === null) return false;
  for (const [node, quota] of frontier) {
    if (node.proposing > 0 || missingAt(plan, node, quota, round) > 0) return false;
    if (needsScores && node.children.some(isAwaitingScore)) return false;
  }
  return tree.rollouts + tree.rolloutsInFlight > 0 || tree.root.failures >= FAILURES_BEFORE_CLOSING;
}

/** Not asked about yet, or being asked. One whose verification failed for good goes on without a score. */
function isAwaitingScore(node: Node): boolean {
  return !node.isVerified && node.failures === 0;
}
