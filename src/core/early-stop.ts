import type { Method } from "./method.ts";
import { latestScore } from "./node.ts";
import { EARLY_STOP } from "./step.ts";
import type { TreeView } from "./tree-view.ts";

/** When a client has had enough, over and above the method's own rule. Null: no such wish. Both in (0, 1]. */
export interface EarlyStop {
  /** Some candidate is judged at least this good. */
  readonly score: number | null;
  /** At least this share of the candidates give the same final answer. */
  readonly agreement: number | null;
}

/** Two that agree agree by chance too easily; three are the fewest that can outvote one. */
const MIN_CANDIDATES_TO_AGREE = 3;

/** The method, ended as soon as it is good enough. Which candidate is served stays the method's choice. */
export function withEarlyStop(method: Method, stop: EarlyStop): Method {
  if (stop.score === null && stop.agreement === null) return method;
  return {
    ...method,
    next: (tree, random) => (isGoodEnough(tree, stop) ? EARLY_STOP : method.next(tree, random)),
  };
}

export function isGoodEnough(tree: TreeView, { score, agreement }: EarlyStop): boolean {
  return (score !== null && bestScore(tree) >= score) || (agreement !== null && largestShare(tree) >= agreement);
}

function bestScore(tree: TreeView): number {
  return Math.max(0, ...tree.terminals.map((node) => latestScore(node)?.value ?? 0));
}

/** Candidates without a final answer count against it; repeats of one text count each. */
function largestShare(tree: TreeView): number {
  if (tree.rollouts < MIN_CANDIDATES_TO_AGREE) return 0;
  const votes = new Map<string, number>();
  for (const node of tree.terminals) {
    const answer = tree.answerClassOf(node);
    if (answer !== null) votes.set(answer, (votes.get(answer) ?? 0) + 1 + node.repeats);
  }
  return Math.max(0, ...votes.values()) / tree.rollouts;
}
