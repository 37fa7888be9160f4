import type { MethodContext } from "./method.ts";
import { isNote, type Node } from "./node.ts";
import { type Decision, issue } from "./step.ts";

/**
 * How the children of a state are judged before the search goes on from them: not at all; each by itself, as it comes;
 * or the partial ones side by side once all are in (a vote).
 */
export type Judging = "none" | "each" | "together";

/** A comparative verifier of whole answers only has nothing to say on the way. */
export function judgingOf(verifier: MethodContext["verifier"]): Judging {
  if (verifier === null) return "none";
  if (!verifier.isComparative) return "each";
  return verifier.scope === "all" ? "together" : "none";
}

/**
 * Not asked about yet, or being asked. One whose verification failed for good goes on without a score; voted upon are
 * partial answers only, for the complete ones compete at the end, with those of all levels.
 */
export function isAwaitingJudgement(node: Node, judging: Judging): boolean {
  if (judging === "none" || isNote(node) || (judging === "together" && node.isTerminal)) return false;
  return !node.isVerified && node.failures === 0;
}

/** One judgement of all partial answers below these nodes, once they are in; null before that, and while it runs. */
export function judgementTogether(parents: readonly Node[]): Decision | null {
  const level: Node[] = [];
  for (const node of parents) {
    if (node.proposing > 0) return null;
    for (const child of node.children) {
      if (child.isVerifying) return null;
      if (isAwaitingJudgement(child, "together")) level.push(child);
    }
  }
  return level.length === 0 ? null : issue({ type: "verify", nodeIds: level.map(({ id }) => id) });
}
