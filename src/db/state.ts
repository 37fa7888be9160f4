import type { Tree } from "../core/tree.ts";

export type SearchState = "running" | "completed" | "failed" | "cancelled";

/** How a search ended, in one word. A cancelled search may still have an answer; a failed one has none. */
export function stateOf(end: NonNullable<Tree["end"]>): Exclude<SearchState, "running"> {
  if (end.reason === "cancelled") return "cancelled";
  return end.answerNodeId === null ? "failed" : "completed";
}
