import { draftDue, FAILURES_BEFORE_CLOSING } from "./draft.ts";
import type { Method, MethodContext } from "./method.ts";
import { isNote, type Node, samplesAt } from "./node.ts";
import { COMPLETED, type Decision, EARLY_STOP, issue, type ProposeStep, WAIT } from "./step.ts";
import type { TreeView } from "./tree-view.ts";
import { verificationDue } from "./verification.ts";

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
  /** Is the search done after this round whatever it brings? Then its partial answers need no judgement. */
  readonly isLast?: (round: number) => boolean;
  /** False where the published algorithm is wanted without a draft (draft.ts) before it; true where absent. */
  readonly hasDraft?: boolean;
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
 * How the children of a round are judged before the next: not at all; each by itself, as it comes; or the partial ones
 * side by side once all are in (a vote).
 */
export type Judging = "none" | "each" | "together";

/** A comparative verifier of whole answers only has nothing to say between the rounds. */
export function judgingOf(verifier: MethodContext["verifier"]): Judging {
  if (verifier === null) return "none";
  if (!verifier.isComparative) return "each";
  return verifier.scope === "all" ? "together" : "none";
}

/**
 * `next` of a method that is nothing but its rounds: the draft, the rounds with their judgements, the judgement of what
 * was completed, the end. Over when the plan is carried out or `rollouts` candidates are complete.
 */
export function nextByRounds(plan: RoundPlan, { rollouts, verifier }: MethodContext): Method["next"] {
  const rounds = createRounds(plan, judgingOf(verifier));
  return (tree) => {
    if (tree.solved !== null) return EARLY_STOP;
    const draft = plan.hasDraft === false ? null : draftDue(tree);
    if (draft !== null) return draft;
    const { round, frontier } = rounds.standing(tree);
    const isDone = tree.rollouts >= rollouts || frontier === null;
    const isLast = plan.isLast?.(round) === true && verifier?.isComparative === false;
    const due = verificationDue(tree, verifier, isDone || isLast);
    if (due !== null) return due;
    if (isDone) return tree.openSteps.size > 0 ? WAIT : COMPLETED;
    return rounds.decide(tree) ?? WAIT;
  };
}

/**
 * Where the search stands. A round is over when each frontier node has its samples (or failed too often, or is complete)
 * and none of the children waits for its judgement. That cannot be undone by anything that arrives later, so finished
 * rounds are remembered by tree: a cache, never a state; without it the same is found again from the root.
 */
export function createRounds(
  plan: RoundPlan,
  judging: Judging,
): { standing(tree: TreeView): RoundState; decide(tree: TreeView): Decision | null } {
  const known = new WeakMap<TreeView, RoundState>();

  const standing = (tree: TreeView): RoundState => {
    let state = known.get(tree) ?? { round: 0, frontier: plan.first(tree), completed: 0 };
    while (state.frontier !== null && isFinished(tree, plan, state, judging)) {
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
    /** The next proposal of the round, or its judgement; a wait while the round is being answered; null when the plan is carried out. */
    decide: (tree) => {
      const { round, frontier } = standing(tree);
      if (frontier === null) return null;
      for (const [node, quota] of frontier) {
        const missing = missingAt(plan, node, quota, round);
        if (missing > 0) return issue(plan.propose(tree, node, missing, round));
      }
      return judgingIn(plan, round, judging) === "together" ? (comparisonOfLevel(frontier) ?? WAIT) : WAIT;
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

function judgingIn(plan: RoundPlan, round: number, judging: Judging): Judging {
  return plan.isLast?.(round) === true ? "none" : judging;
}

function isFinished(tree: TreeView, plan: RoundPlan, { round, frontier }: RoundState, usually: Judging): boolean {
  if (frontier === null) return false;
  const judging = judgingIn(plan, round, usually);
  for (const [node, quota] of frontier) {
    if (node.proposing > 0 || missingAt(plan, node, quota, round) > 0) return false;
    if (node.children.some((child) => isAwaited(child, judging) && isUnjudged(child))) return false;
  }
  // A draft that failed comes once more, and belongs to the first round.
  if (plan.hasDraft === false || tree.root.failures >= FAILURES_BEFORE_CLOSING) return true;
  return tree.rollouts + tree.rolloutsInFlight > 0;
}

/** Candidates that are complete compete at the end, with those of all levels. */
function isAwaited(node: Node, judging: Judging): boolean {
  if (judging === "together") return !node.isTerminal && !isNote(node);
  return judging === "each";
}

/** Not asked about yet, or being asked. One whose verification failed for good goes on without a score. */
function isUnjudged(node: Node): boolean {
  return !node.isVerified && node.failures === 0;
}

/** One judgement of all that the level brought, once it is in; null before that, and while it is under way. */
function comparisonOfLevel(frontier: Frontier): Decision | null {
  const level: Node[] = [];
  for (const node of frontier.keys()) {
    if (node.proposing > 0) return null;
    for (const child of node.children) {
      if (child.isVerifying) return null;
      if (isAwaited(child, "together") && isUnjudged(child)) level.push(child);
    }
  }
  return level.length === 0 ? null : issue({ type: "verify", nodeIds: level.map(({ id }) => id) });
}
