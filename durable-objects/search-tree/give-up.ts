import type { SearchEventBody } from "../../src/core/event.ts";
import { lostSteps } from "../../src/core/lost.ts";
import { servedOf } from "../../src/core/selection/served.ts";
import { value } from "../../src/core/selection/value.ts";
import type { TreeView } from "../../src/core/tree-view.ts";

/**
 * The end of a search whose runs keep throwing: its best so far, chosen without the method, which may be at fault, after
 * what it had in flight, which may have been billed (I6).
 */
export function givenUp(tree: TreeView, model: string, nowMs: number): SearchEventBody[] {
  const answer = servedOf(tree, value.choose);
  const end: SearchEventBody = {
    type: "search-end",
    reason: "upstream-errors",
    answerNodeId: answer?.node.id ?? null,
    selectionScore: answer?.score ?? null,
    error: answer === null ? { type: "malformed", message: "the search failed repeatedly and was given up" } : null,
  };
  return [...lostSteps(tree, model, nowMs), end];
}
