import type { Completion } from "../../core/model.ts";
import type { Policy } from "../../core/policy.ts";
import type { Thought } from "../../core/thought.ts";
import { continuationRequest } from "../asking.ts";

/**
 * A rollout is an expansion: asks for the rest of the answer and splits it into its steps, so that one call both
 * simulates to the end and grows the chain of nodes on the way (DESIGN.md, section 3).
 */
export const rollout: Policy = {
  name: "rollout",
  extent: "end",
  prompts: [],
  request: (input) => continuationRequest(input, []),
  thoughts: (completion, { capabilities }) => [splitIntoSteps(completion, capabilities.stepSeparator)],
};

/** Pieces keep their separators, so that they join to the text as generated; blank pieces belong to the one before. */
export function splitIntoSteps(completion: Completion, separator: string): Thought[] {
  const { text, ending, model, toolCalls } = completion;
  const pieces: string[] = [];
  for (let from = 0; from < text.length; ) {
    const at = text.indexOf(separator, from);
    const to = at < 0 ? text.length : at + separator.length;
    const piece = text.slice(from, to);
    if (piece.trim() === "" && pieces.length > 0) pieces.push((pieces.pop() ?? "") + piece);
    else pieces.push(piece);
    from = to;
  }
  if (pieces.length === 0) pieces.push("");
  const tokenCounts = apportion(completion.tokenCount, pieces);
  return pieces.map((piece, index) => {
    const isLast = index === pieces.length - 1;
    return {
      text: piece,
      ending: isLast ? ending : "step",
      model,
      // The provider gives one sum for the whole completion; a part's share of it cannot be known from that.
      logprobSum: pieces.length === 1 ? completion.logprobSum : null,
      tokenCount: tokenCounts[index] ?? null,
      ...(isLast && toolCalls !== undefined ? { toolCalls } : {}),
    };
  });
}

/** Shares a total out by length, in whole tokens that add up to it exactly. */
function apportion(total: number | null, pieces: readonly string[]): (number | null)[] {
  if (total === null) return pieces.map(() => null);
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0) || 1;
  let before = 0;
  let given = 0;
  return pieces.map((piece, index) => {
    before += piece.length;
    const upTo = index === pieces.length - 1 ? total : Math.round((total * before) / length);
    const share = upTo - given;
    given = upTo;
    return share;
  });
}
