import type { MethodContext } from "../../core/method.ts";
import { askedAt, type Node, stepIdOf } from "../../core/node.ts";
import { type Decision, issue } from "../../core/step.ts";
import type { TreeView } from "../../core/tree-view.ts";
import { verificationDue } from "../../core/verification.ts";

/**
 * The reward of a candidate. A verifier that looks at each by itself is asked about each. rStar's own reward is the share
 * of votes, what `agreement` and every other comparative verifier gives to candidates that are judged together: those that
 * finish a node are, as soon as they are in, together with what else was found below it. So the reward is on record like
 * any other, and the fold backs it up.
 *
 * Candidates that came of single steps have no vote before the end of the search, when all are judged together.
 */
export function rewardDue(
  tree: TreeView,
  verifier: MethodContext["verifier"],
  votes: number,
  isSearchDone: boolean,
): Decision | null {
  if (verifier === null || !verifier.isComparative || isSearchDone) return verificationDue(tree, verifier, true);
  const fresh = tree.unverifiedAnswers.filter(({ role, isVerifying, failures }) => {
    return role === "finish" && !isVerifying && failures === 0;
  });
  const [first] = fresh;
  if (first === undefined || isPollOpen(tree, votes)) return null;
  // Votes of one call: where one of them began like an older answer, it hangs below that one.
  const together = fresh.filter(({ id }) => stepIdOf(id) === stepIdOf(first.id)).map(placeAskedAt);
  const place = together.reduce((highest, node) => (node.depth < highest.depth ? node : highest));
  return issue({ type: "verify", nodeIds: candidatesBelow(place).map(({ id }) => id) });
}

/** The root's votes come in two calls, the draft first: alone it would be unanimous. */
function isPollOpen(tree: TreeView, votes: number): boolean {
  if (askedAt(tree.root, "finish") < votes) return true;
  for (const { step } of tree.openSteps.values()) {
    if (step.type === "propose" && step.role === "finish" && step.nodeId === tree.root.id) return true;
  }
  return false;
}

/** The nearest node above that another step had brought. */
function placeAskedAt(candidate: Node): Node {
  let at = candidate;
  while (at.parent !== null && stepIdOf(at.id) === stepIdOf(candidate.id)) at = at.parent;
  return at;
}

function candidatesBelow(node: Node): readonly Node[] {
  return node.isTerminal ? [node] : node.children.flatMap(candidatesBelow);
}
