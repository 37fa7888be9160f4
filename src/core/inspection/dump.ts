import type { Node } from "../node.ts";
import type { NodeId, Role } from "../step.ts";
import type { Ending, Form } from "../thought.ts";
import type { Tree } from "../tree.ts";
import type { SearchEnd } from "../tree-view.ts";
import type { Score } from "../verifier.ts";

/** A whole tree as plain JSON: nodes in creation order, so that equal trees have equal dumps. */
export interface TreeDump {
  readonly nodes: readonly NodeDump[];
  readonly rollouts: number;
  readonly spent: { readonly calls: number; readonly tokens: number; readonly microdollars: number };
  readonly end: SearchEnd | null;
}

export interface NodeDump {
  readonly id: NodeId;
  /** Null for the root. */
  readonly parentId: NodeId | null;
  readonly depth: number;
  readonly role: Role;
  readonly form: Form;
  /** Null for the root. */
  readonly ending: Ending | null;
  readonly text: string;
  readonly answerClass: string | null;
  readonly model: string | null;
  readonly logprobSum: number | null;
  readonly tokenCount: number | null;
  readonly repeats: number;
  readonly weight: number;
  readonly visits: number;
  readonly value: number;
  readonly scores: readonly Score[];
  readonly failures: number;
}

export function dumpTree(tree: Tree): TreeDump {
  const { calls, tokens, microdollars } = tree.spent;
  const nodes = [tree.root, ...tree.nodes].sort((a, b) => a.order - b.order);
  return {
    nodes: nodes.map((node) => dumpNode(tree, node)),
    rollouts: tree.rollouts,
    spent: { calls, tokens, microdollars },
    end: tree.end,
  };
}

/** The dump as text with sorted keys: byte for byte the same for the same tree. */
export function dumpToJson(dump: TreeDump): string {
  return JSON.stringify(dump, (_key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

function dumpNode(tree: Tree, node: Node): NodeDump {
  const { thought } = node;
  return {
    id: node.id,
    parentId: node.parent?.id ?? null,
    depth: node.depth,
    role: node.role,
    form: thought?.form ?? "continuation",
    ending: thought?.ending ?? null,
    text: thought?.text ?? "",
    answerClass: tree.answerClassOf(node),
    model: thought?.model ?? null,
    logprobSum: thought?.logprobSum ?? null,
    tokenCount: thought?.tokenCount ?? null,
    repeats: node.repeats,
    weight: node.weight,
    visits: node.visits,
    value: node.value,
    scores: node.scores,
    failures: node.failures,
  };
}
