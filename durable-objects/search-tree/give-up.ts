import type { SearchEventBody } from "../../src/core/event.ts";
import { selectByValue } from "../../src/core/selection.ts";
import type { TreeView } from "../../src/core/tree.ts";

/** The end of a search whose runs keep throwing: its best so far, chosen without the method, which may be at fault. */
export function givenUpEnd(tree: TreeView): SearchEventBody {
  const answer = selectByValue(tree);
  return {
    type: "search-end",
    reason: "upstream-errors",
    answerNodeId: answer?.id ?? null,
    error: answer === null ? { type: "malformed", message: "the search failed repeatedly and was given up" } : null,
  };
}
