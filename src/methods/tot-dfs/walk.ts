import { FAILURES_BEFORE_CLOSING } from "../../core/draft.ts";
import { isAwaitingJudgement, type Judging } from "../../core/judging.ts";
import { askedAt, isNote, isRefuted, latestScore, type Node, samplesAt } from "../../core/node.ts";
import type { Role } from "../../core/step.ts";
import type { TreeView } from "../../core/tree-view.ts";

export interface WalkOptions {
  readonly generate: "sample" | "propose";
  readonly samples: number;
  readonly lists: number;
  readonly maxDepth: number;
  readonly maxChildren: number;
  readonly maxStates: number;
  readonly pruneBelow: number;
  readonly judging: Judging;
  readonly hasDraft: boolean;
}

/** Where a depth-first walk stands: at a state whose children are not all known yet. */
export interface Standing {
  readonly current: Node;
  /** Accepted states that it would come to next if nothing below the current one were any good, nearest first. */
  readonly pending: readonly Node[];
  /** States that may still be asked for, the current one included where it was not yet. */
  readonly room: number;
}

/**
 * The walk of Algorithm 2: to the best child first, back where nothing is left. A state is left for good once its
 * children are known and judged, and neither can change any more: so how far the walk has come is remembered by tree, a
 * cache and never a state. Null when the walk is over.
 */
export function createWalk(options: WalkOptions): (tree: TreeView) => Standing | null {
  const known = new WeakMap<TreeView, Walk>();
  return (tree) => {
    const walk = known.get(tree) ?? { stack: [], current: tree.root, visited: 1 };
    known.set(tree, walk);
    while (walk.current !== null && isSettled(tree, walk.current, options)) {
      walk.stack.push({ accepted: accepted(walk.current, options), next: 0 });
      walk.current = backtrack(walk.stack);
      walk.visited++;
    }
    if (walk.current === null) return null;
    const pending = walk.stack.toReversed().flatMap(({ accepted, next }) => accepted.slice(next));
    const askedAhead = pending.filter((node) => isAsked(node, options)).length;
    const isCurrentAsked = isAsked(walk.current, options);
    const room = options.maxStates - walk.visited - askedAhead + (isCurrentAsked ? 0 : 1);
    return room <= 0 && !isCurrentAsked ? null : { current: walk.current, pending, room };
  };
}

interface Walk {
  /** Per level of the path to the current state: the accepted children, and which of them comes next. */
  readonly stack: { readonly accepted: readonly Node[]; next: number }[];
  current: Node | null;
  /** The current one included. */
  visited: number;
}

/** The next state: a child of the last one, else the nearest sibling that was not visited. */
function backtrack(stack: Walk["stack"]): Node | null {
  for (;;) {
    const frame = stack.at(-1);
    if (frame === undefined) return null;
    const node = frame.accepted[frame.next];
    if (node !== undefined) {
      frame.next++;
      return node;
    }
    stack.pop();
  }
}

/** How the continuations of a state are asked for. */
export function roleAt(node: Node, { generate, maxDepth }: WalkOptions): Role {
  if (node.depth >= maxDepth) return "end";
  return generate === "sample" ? "step" : "list";
}

/** Samples that are still to be asked for at a state. */
export function missingAt(node: Node, options: WalkOptions): number {
  if (node.failures >= FAILURES_BEFORE_CLOSING) return 0;
  switch (roleAt(node, options)) {
    case "end":
      return 1 - samplesAt(node);
    case "list":
      return options.lists - askedAt(node, "list");
    default:
      return options.samples - samplesAt(node);
  }
}

export function isAsked(node: Node, options: WalkOptions): boolean {
  return askedAt(node, roleAt(node, options)) > 0 || missingAt(node, options) <= 0;
}

function isSettled(tree: TreeView, node: Node, options: WalkOptions): boolean {
  if (node.proposing > 0 || missingAt(node, options) > 0) return false;
  if (node.children.some((child) => isAwaitingJudgement(child, options.judging))) return false;
  // A draft that failed comes once more, and its first step belongs to the root.
  if (node !== tree.root || !options.hasDraft || node.failures >= FAILURES_BEFORE_CLOSING) return true;
  return tree.rollouts + tree.rolloutsInFlight > 0;
}

/**
 * The children the walk goes to, best first. Completed ones are recorded as they are, and there is nothing to go to.
 */
function accepted(node: Node, { maxDepth, maxChildren, pruneBelow }: WalkOptions): Node[] {
  // Below the depth limit lies what completed the state, a chain of steps.
  if (node.depth >= maxDepth) return [];
  const open = node.children.filter((child) => {
    if (child.isTerminal || isNote(child) || isRefuted(child)) return false;
    // Without a score nothing is known against it.
    return (latestScore(child)?.value ?? 1) >= pruneBelow;
  });
  return open.sort(byPromise).slice(0, maxChildren);
}

/**
 * By falling score, then by the proposer's confidence, then as created (the sort is stable). Unscored ones come last.
 */
function byPromise(a: Node, b: Node): number {
  return (latestScore(b)?.value ?? -1) - (latestScore(a)?.value ?? -1) || b.weight - a.weight;
}
