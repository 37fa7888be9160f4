import type { NodeView } from "../../../durable-objects/search-tree/protocol.ts";

/** One node of a search's tree as the API shows it. */
export function nodeToWire(node: NodeView) {
  return {
    id: node.id,
    parent_id: node.parentId,
    depth: node.depth,
    text: node.text,
    role: node.role,
    form: node.form,
    is_terminal: node.isTerminal,
    visits: node.visits,
    value: node.value,
    repeats: node.repeats,
    score: node.score,
    in_flight: node.inFlight,
  };
}

/**
 * The tree inside an answer's `search` block (`search.return.trace`): `full` is what GET /v1/searches/{id} calls `tree`,
 * `summary` the same without anything that a model wrote.
 */
export function traceOf(nodes: readonly NodeView[], level: "summary" | "full"): readonly object[] {
  if (level === "full") return nodes.map(nodeToWire);
  return nodes.map((node) => {
    const { text: _text, score, ...shape } = nodeToWire(node);
    return { ...shape, score: score === null ? null : { value: score.value, kind: score.kind } };
  });
}
