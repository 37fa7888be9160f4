import type { MethodContext } from "./method.ts";
import { isVetoed } from "./node.ts";
import { type Decision, issue, type NodeId, type Step } from "./step.ts";
import type { TreeView } from "./tree-view.ts";
import type { Candidate } from "./verifier.ts";

/**
 * The verification that every method asks for before anything else: all nodes that the verifier may have an opinion on
 * and was not asked about. Null when there is nothing to ask, or when scores depend on the whole set (`isComparative`)
 * and candidates are still to come. Partial answers are judged only while there is proposing to guide. A node whose
 * verification failed for good is not asked about again.
 */
export function verificationDue(
  tree: TreeView,
  verifier: MethodContext["verifier"],
  isProposingDone: boolean,
): Decision | null {
  if (verifier === null) return null;
  if (verifier.isComparative) {
    if (!isProposingDone || tree.openSteps.size > 0) return null;
    const isFresh = tree.unverifiedAnswers.some((node) => node.failures === 0);
    return isFresh ? issue({ type: "verify", nodeIds: tree.terminals.map((node) => node.id) }) : null;
  }
  const lists = [tree.unverifiedAnswers];
  if (verifier.scope === "all" && !isProposingDone) lists.push(tree.unverifiedSteps);
  const due: NodeId[] = [];
  for (const node of lists.flat().sort((a, b) => a.order - b.order)) {
    if (!node.isVerifying && node.failures === 0) due.push(node.id);
  }
  return due.length === 0 ? null : issue({ type: "verify", nodeIds: due });
}

/** The step as it is carried out: nobody is asked about candidates that a gate has vetoed. */
export function withoutVetoed(tree: TreeView, step: Step): Step {
  if (step.type !== "verify" || tree.vetoed.length === 0) return step;
  const nodeIds = step.nodeIds.filter((id) => !isVetoed(tree.node(id)));
  // It would be asked for again and again.
  if (nodeIds.length === 0) throw new Error("a method asked for the verification of vetoed candidates alone");
  return { ...step, nodeIds };
}

/** A node as its verifier sees it. */
export function candidateOf(tree: TreeView, id: NodeId): Candidate {
  const node = tree.node(id);
  const steps = tree.stepsOf(node);
  return {
    text: steps.join(""),
    steps,
    isComplete: node.isTerminal,
    answer: tree.answerOf(node),
    answerClass: tree.answerClassOf(node),
    toolCalls: node.thought?.toolCalls ?? [],
    count: 1 + node.repeats,
    judgements: node.scores.length,
  };
}
