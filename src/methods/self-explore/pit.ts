import { FAILURES_BEFORE_CLOSING } from "../../core/draft.ts";
import { isRefuted, type Node, samplesAt } from "../../core/node.ts";
import type { TreeView } from "../../core/tree-view.ts";
import { countOutcomes, type OutcomesOf } from "./outcomes.ts";

/**
 * The first pit of a wrong solution (Self-Explore, Hwang et al. 2024, section 3.2): the first of its steps from which no
 * completion in the tree is right, while from the step before, or from the question, some is. Null where there is none:
 * nothing is right from the question either, the solution is not refuted, or fewer than `minCompletions` others went through
 * the step (a solution that stands alone is no evidence). The last step needs none: its verdict is certain.
 */
export function firstPit(
  tree: TreeView,
  solution: Node,
  minCompletions = 0,
  outcomesOf: OutcomesOf = countOutcomes(tree),
): Node | null {
  if (!isRefuted(solution) || outcomesOf(tree.root).right === 0) return null;
  const path = tree.pathOf(solution);
  // A revision starts anew and a note is no step: what is wrong with such a path is not in one step of it.
  if (path.some(({ thought }) => thought?.form !== undefined && thought.form !== "continuation")) return null;
  const pit = path.find((step) => outcomesOf(step).right === 0) ?? null;
  if (pit === null || pit === solution) return pit;
  return outcomesOf(pit).judged > minCompletions ? pit : null;
}

/** What looking for the pit of one solution comes to at present. */
export type Exploration =
  | { readonly type: "ask"; readonly node: Node; readonly count: number }
  /** It hangs on completions in flight. */
  | { readonly type: "wait" }
  /** The pit is found, or cannot be. */
  | { readonly type: "done" };

export interface ExplorationPlan {
  /** k: completions sampled from each prefix that is looked at. */
  readonly completions: number;
  readonly search: "linear" | "binary";
  /** Steps looked at from the start, in a linear search. */
  readonly maxSteps: number;
}

const DONE: Exploration = { type: "done" };
const WAIT: Exploration = { type: "wait" };

/** Which prefix of a wrong solution is to be completed next. */
export function explorationOf(path: readonly Node[], outcomesOf: OutcomesOf, plan: ExplorationPlan): Exploration {
  // All steps up to here lead to right answers: what is right below a step is right below those before it.
  const good = path.findLastIndex((step) => outcomesOf(step).right > 0);
  const index = plan.search === "linear" ? nextLinear(path, good, plan) : nextBinary(path, good, plan);
  const step = index === null ? undefined : path[index];
  if (step === undefined || step.failures >= FAILURES_BEFORE_CLOSING) return DONE;
  const missing = missingAt(step, plan);
  return missing > 0 ? { type: "ask", node: step, count: missing } : WAIT;
}

/** The step after the last good one, as in the paper. Null when that is the pit, or too far. */
function nextLinear(path: readonly Node[], good: number, plan: ExplorationPlan): number | null {
  const next = good + 1;
  const step = path[next];
  return step === undefined || next >= plan.maxSteps || isHopeless(step, plan) ? null : next;
}

/** Halfway between the last good step and the first hopeless one (OmegaPRM, Luo et al. 2024). Null when they are neighbours. */
function nextBinary(path: readonly Node[], good: number, plan: ExplorationPlan): number | null {
  const bad = path.findIndex((step, index) => index > good && isHopeless(step, plan));
  const middle = Math.floor((good + bad) / 2);
  return middle > good ? middle : null;
}

/** Complete (and wrong), or all of its completions are in; none of them right, since it comes after the last good step. */
function isHopeless(step: Node, plan: ExplorationPlan): boolean {
  return step.isTerminal || (missingAt(step, plan) <= 0 && step.inFlight === 0);
}

/** The solution itself is one sample from each of its prefixes, and not one of the k. */
function missingAt(step: Node, { completions }: ExplorationPlan): number {
  return 1 + completions - samplesAt(step);
}
