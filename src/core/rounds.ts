import { draftDue, FAILURES_BEFORE_CLOSING } from "./draft.ts";
import { isAwaitingJudgement, type Judging, judgementTogether, judgingOf } from "./judging.ts";
import type { MethodContext } from "./method.ts";
import { type Node, samplesAt } from "./node.ts";
import { COMPLETED, type Decision, EARLY_STOP, issue, type ProposeStep, WAIT } from "./step.ts";
import type { TreeView } from "./tree-view.ts";
import { verificationDue } from "./verification.ts";

/**
 * Methods that go level by level (Tree of Thoughts, beam search, DVTS, REBASE, particle filters, speculative rejection)
 * as one pure function: in each round every node of the frontier gets its share of samples, all of them are judged, and
 * the method picks the next frontier. What makes the barrier bearable is that a round's calls all run at once.
 */
export interface RoundPlan<Kind extends Frontier = Frontier> {
  /** The first frontier. */
  first(tree: TreeView): Kind;
  /**
   * The frontier after a finished round; null when the search is done. It is told the same round again later, over a
   * larger tree, and must say the same: so it looks at the round only (and at the scores and texts of its nodes, which
   * are settled), never at `tree.rollouts` or `tree.terminals`, and chance comes from `createRandom(seed, ..., round)`.
   */
  next(tree: TreeView, finished: FinishedRound<Kind>): Kind | null;
  /** What to ask at a frontier node that still lacks `missing` samples. Its count may be smaller. */
  propose(tree: TreeView, node: Node, missing: number, round: number): ProposeStep;
  /** Samples that a node has in this round already, asked for ones included; by default all of its children. */
  readonly samplesAt?: (node: Node, round: number) => number;
  /** Is the search done after this round whatever it brings? Then its partial answers need no judgement. */
  readonly isLast?: (round: number) => boolean;
  /** False where the published algorithm is wanted without a draft (draft.ts) before it; true where absent. */
  readonly hasDraft?: boolean;
}

/**
 * Samples wanted below each node, >= 1, in the order in which they are asked for; a complete node in it wants none. A
 * plan that has to remember more from round to round may have a frontier that knows more.
 */
export type Frontier = ReadonlyMap<Node, number>;

export interface FinishedRound<Kind extends Frontier = Frontier> {
  /** Counts from 0. */
  readonly round: number;
  readonly frontier: Kind;
  /** Children of the frontier's nodes, by the frontier's order and then in creation order. */
  readonly children: readonly Node[];
  /** Candidates completed in this round and the ones before it, repeats included. */
  readonly completed: number;
}

export interface RoundState<Kind extends Frontier = Frontier> {
  readonly round: number;
  /** Null when the plan is carried out. */
  readonly frontier: Kind | null;
  /** The frontier of this round, or of the last one where the plan is carried out. */
  readonly latest: Kind;
  /** Candidates completed in the rounds before this one, repeats included. */
  readonly completed: number;
}

export interface Rounds<Kind extends Frontier = Frontier> {
  /** Where the search stands. */
  standing(tree: TreeView): RoundState<Kind>;
  /**
   * The whole decision of a method that is nothing but its rounds: the draft, the rounds with their judgements, the
   * judgement of what was completed, the end. Over when the plan is carried out or `rollouts` candidates are complete.
   */
  next(tree: TreeView): Decision;
}

/**
 * A round is over when each frontier node has its samples (or failed too often, or is complete) and none of the
 * children waits for its judgement. That cannot be undone by anything that arrives later, so finished rounds are
 * remembered by tree: a cache, never a state; without it the same is found again from the root.
 */
export function createRounds<Kind extends Frontier>(
  plan: RoundPlan<Kind>,
  { rollouts, verifier }: Omit<MethodContext, "seed">,
): Rounds<Kind> {
  const known = new WeakMap<TreeView, RoundState<Kind>>();
  const judging = judgingOf(verifier);

  const standing = (tree: TreeView): RoundState<Kind> => {
    let state = known.get(tree) ?? firstRound(plan.first(tree));
    while (state.frontier !== null && isFinished(tree, plan, state.frontier, state.round, judging)) {
      const { round, frontier } = state;
      const children = [...frontier.keys()].flatMap((node) => node.children);
      const completed = state.completed + countCompleted(children);
      const next = plan.next(tree, { round, frontier, children, completed });
      state = { round: round + 1, frontier: next, latest: next ?? frontier, completed };
    }
    known.set(tree, state);
    return state;
  };

  return {
    standing,
    next: (tree) => {
      if (tree.solved !== null) return EARLY_STOP;
      const draft = plan.hasDraft === false ? null : draftDue(tree);
      if (draft !== null) return draft;
      const { round, frontier } = standing(tree);
      const isDone = tree.rollouts >= rollouts || frontier === null;
      const isLast = plan.isLast?.(round) === true && verifier?.isComparative === false;
      // A lone answer is served whatever is thought of it; a checker that costs nothing is asked by the loop at last.
      const isLone = isDone && tree.terminals.length < 2;
      const due = isLone ? null : verificationDue(tree, verifier, isDone || isLast);
      if (due !== null) return due;
      if (isDone) return tree.openSteps.size > 0 ? WAIT : COMPLETED;
      return withinRound(tree, plan, frontier, round, judging);
    },
  };
}

function firstRound<Kind extends Frontier>(frontier: Kind): RoundState<Kind> {
  return { round: 0, frontier, latest: frontier, completed: 0 };
}

/** The next proposal of the round, or the judgement of its level; a wait while the round is being answered. */
function withinRound<Kind extends Frontier>(
  tree: TreeView,
  plan: RoundPlan<Kind>,
  frontier: Kind,
  round: number,
  judging: Judging,
): Decision {
  for (const [node, quota] of frontier) {
    const missing = missingAt(plan, node, quota, round);
    if (missing > 0) return issue(plan.propose(tree, node, missing, round));
  }
  if (judgingIn(plan, round, judging) !== "together") return WAIT;
  return judgementTogether([...frontier.keys()]) ?? WAIT;
}

/** What of a plan tells when a round is over, whatever its frontier knows. */
type Conditions = Pick<RoundPlan, "samplesAt" | "isLast" | "hasDraft">;

function countCompleted(nodes: readonly Node[]): number {
  return nodes.reduce((sum, node) => sum + (node.isTerminal ? 1 + node.repeats : 0), 0);
}

function missingAt(plan: Conditions, node: Node, quota: number, round: number): number {
  if (isClosed(node)) return 0;
  return quota - (plan.samplesAt ?? samplesAt)(node, round);
}

function isClosed(node: Node): boolean {
  return node.isTerminal || node.failures >= FAILURES_BEFORE_CLOSING;
}

function judgingIn(plan: Conditions, round: number, judging: Judging): Judging {
  return plan.isLast?.(round) === true ? "none" : judging;
}

function isFinished(tree: TreeView, plan: Conditions, frontier: Frontier, round: number, usually: Judging): boolean {
  const judging = judgingIn(plan, round, usually);
  for (const [node, quota] of frontier) {
    if (node.proposing > 0 || missingAt(plan, node, quota, round) > 0) return false;
    if (node.children.some((child) => isAwaitingJudgement(child, judging))) return false;
  }
  // A draft that failed comes once more, and belongs to the first round.
  if (plan.hasDraft === false || tree.root.failures >= FAILURES_BEFORE_CLOSING) return true;
  return tree.rollouts + tree.rolloutsInFlight > 0;
}
