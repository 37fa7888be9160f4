import { type Node, samplesBelow } from "../../core/node.ts";
import type { Frontier } from "../../core/rounds.ts";
import type { TreeView } from "../../core/tree-view.ts";

/** Particles that stand at the same node are told by their number. */
export type Counts = ReadonlyMap<Node, number>;

/**
 * The free particles of a round, and what is carried from iteration to iteration. As a frontier: the samples they want.
 */
export interface Particles extends Frontier {
  readonly free: Counts;
  /** Iterations before this one. */
  readonly iteration: number;
  /** Steps that the free particles have taken in this iteration. */
  readonly steps: number;
  /** Complete answers kept from the iteration before: they walk again along their own steps, whatever is drawn. */
  readonly references: readonly Node[];
  /** Samples below a node that earlier iterations have taken; this one wants others. */
  readonly used: Counts;
}

export function createParticles(
  free: Counts,
  rest: Pick<Particles, "iteration" | "steps" | "references" | "used">,
): Particles {
  // A stopped particle wants nothing; the quota of its node is not looked at.
  const quotas = new Map([...free].map(([node, count]) => [node, count + (rest.used.get(node) ?? 0)] as const));
  return Object.assign(quotas, { free, ...rest });
}

/**
 * The free particles after a round: stopped ones where they were, the others a step further, each by its own sample.
 */
export function moveOn({ free, used }: Particles, maxDepth: number): Map<Node, number> {
  const moved = new Map<Node, number>();
  for (const [node, count] of free) {
    if (node.isTerminal) {
      add(moved, node, count);
      continue;
    }
    const from = used.get(node) ?? 0;
    for (const sample of samplesBelow(node).slice(from, from + count)) {
      add(moved, node.depth >= maxDepth ? endOf(sample) : sample, 1);
    }
  }
  return moved;
}

/** Where the references stand after so many steps: at the end of their own once these are fewer. */
export function referencesAt(tree: TreeView, references: readonly Node[], steps: number): Node[] {
  return references.map((reference) => {
    const path = tree.pathOf(reference);
    return path[Math.min(steps, path.length) - 1] ?? reference;
  });
}

/** The samples that the free particles of a round have taken, on top of those before. */
export function usedAfter({ free, used }: Particles): Counts {
  const after = new Map(used);
  for (const [node, count] of free) if (!node.isTerminal) add(after, node, count);
  return after;
}

export function add(counts: Map<Node, number>, node: Node, count: number): void {
  counts.set(node, (counts.get(node) ?? 0) + count);
}

/**
 * What is completed in one go at the depth limit stands in the tree as a chain of steps: the particle is at its end.
 */
function endOf(sample: Node): Node {
  let at = sample;
  while (!at.isTerminal && at.children[0] !== undefined) at = at.children[0];
  return at;
}
