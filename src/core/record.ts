import type { Limits } from "./budget.ts";
import { NO_PREFERENCE } from "./comparisons.ts";
import type { StepAnswer } from "./execute.ts";
import type { LogWriter } from "./log.ts";
import { nodeIdOf } from "./node.ts";
import type { NodeId, StepId, VerifyStep } from "./step.ts";
import { isComplete, type Thought } from "./thought.ts";
import type { Tree } from "./tree.ts";
import type { OpenStep } from "./tree-view.ts";
import type { Score } from "./verifier.ts";

/** The objection of the gates to a candidate that has just been added; null where they have none. */
export type FindVeto = (nodeId: NodeId) => Score | null;

/** Writes what an answered step brought into the log, with the vetoes of the gates, and its end. */
export function recordResult(
  log: LogWriter,
  tree: Tree,
  limits: Limits,
  open: OpenStep,
  answer: Exclude<StepAnswer, { readonly type: "failure" }>,
  findVeto: FindVeto,
): void {
  const { stepId, step } = open;
  if (answer.type === "thoughts" && step.type === "propose") {
    addChains(log, tree, limits, open, step.nodeId, answer.chains, findVeto);
  } else if (answer.type === "scores" && step.type === "verify") {
    addScores(log, stepId, step, answer.scores);
  } else if (answer.type === "scores" && step.type === "compare") {
    const score = answer.scores[0] ?? { value: NO_PREFERENCE, reason: "the comparison said nothing" };
    log.add({ type: "comparison-add", stepId, value: score.value, reason: score.reason });
  }
  log.add({ type: "step-end", stepId, attempts: answer.attempts });
}

function addScores(log: LogWriter, stepId: StepId, { nodeIds }: VerifyStep, scores: readonly (Score | null)[]): void {
  for (const [index, nodeId] of nodeIds.entries()) {
    const score = scores[index];
    if (score !== null && score !== undefined) log.add({ type: "score-add", stepId, nodeId, score });
  }
}

function addChains(
  log: LogWriter,
  tree: Tree,
  limits: Limits,
  open: OpenStep,
  fromId: NodeId,
  chains: readonly (readonly Thought[])[],
  findVeto: FindVeto,
): void {
  const { stepId } = open;
  let index = 0;
  for (const chain of chains) {
    if (chain.some(isComplete) && !hasRoomForRollout(tree, limits, open)) continue;
    let parentId = fromId;
    for (const thought of chain) {
      const same = tree.childSaying(parentId, thought);
      const nodeId = same?.id ?? nodeIdOf(stepId, index);
      if (same === null) {
        log.add({ type: "thought-add", stepId, nodeId, parentId, thought });
        const veto = isComplete(thought) ? findVeto(nodeId) : null;
        if (veto !== null) log.add({ type: "score-add", stepId, nodeId, score: veto });
      } else {
        const { weight } = thought;
        log.add({ type: "thought-repeat", stepId, nodeId, index, ...(weight !== undefined && { weight }) });
      }
      parentId = nodeId;
      index++;
    }
  }
}

/** One reply may list more candidates than its step has reserved: those that the limit has no room for are left out. */
function hasRoomForRollout(tree: Tree, limits: Limits, open: OpenStep): boolean {
  if (limits.rollouts === undefined) return true;
  return tree.spent.rollouts + tree.reserved.rollouts - open.reserved.rollouts < limits.rollouts;
}
