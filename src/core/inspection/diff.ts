import type { NodeId } from "../step.ts";
import type { NodeDump, TreeDump } from "./dump.ts";

export interface TreeDifference {
  /** Nodes of the first tree that the second lacks, and the other way round. */
  readonly removed: readonly NodeId[];
  readonly added: readonly NodeId[];
  readonly changed: readonly FieldChange[];
}

export interface FieldChange {
  /** A node's id, or "tree" for what is about the whole. */
  readonly at: NodeId | "tree";
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** What makes two trees different; nodes are matched by id. Empty lists where they are the same. */
export function diffTrees(first: TreeDump, second: TreeDump): TreeDifference {
  const before = new Map(first.nodes.map((node) => [node.id, node]));
  const after = new Map(second.nodes.map((node) => [node.id, node]));
  const changed = first.nodes.flatMap((node) => {
    const other = after.get(node.id);
    return other === undefined ? [] : fieldChanges(node.id, node, other);
  });
  const { nodes: _before, ...wholeBefore } = first;
  const { nodes: _after, ...wholeAfter } = second;
  return {
    removed: first.nodes.filter(({ id }) => !after.has(id)).map(({ id }) => id),
    added: second.nodes.filter(({ id }) => !before.has(id)).map(({ id }) => id),
    changed: [...changed, ...fieldChanges("tree", wholeBefore, wholeAfter)],
  };
}

export function isSameTree(difference: TreeDifference): boolean {
  return difference.removed.length + difference.added.length + difference.changed.length === 0;
}

function fieldChanges(
  at: FieldChange["at"],
  before: NodeDump | Omit<TreeDump, "nodes">,
  after: NodeDump | Omit<TreeDump, "nodes">,
): FieldChange[] {
  const fieldsAfter = new Map<string, unknown>(Object.entries(after));
  return Object.entries(before).flatMap(([field, value]) => {
    const other = fieldsAfter.get(field);
    return JSON.stringify(value) === JSON.stringify(other) ? [] : [{ at, field, before: value, after: other }];
  });
}
