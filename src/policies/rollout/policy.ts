import type { Completion, TokenLogprob } from "../../core/model.ts";
import type { Policy } from "../../core/policy.ts";
import { besideText, type Thought } from "../../core/thought.ts";
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
  const { text, ending, model } = completion;
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
  const { tokens, reasoning, reasoningTokens, refusalFrom, ...ofLast } = besideText(completion);
  const tokenLists = tokens === undefined ? [] : tokensByPiece(tokens, pieces);
  let before = 0;
  return pieces.map((piece, index) => {
    const isLast = index === pieces.length - 1;
    const from = before;
    before += piece.length;
    const refusedFrom = refusalFrom === undefined ? null : Math.max(0, refusalFrom - from);
    return {
      text: piece,
      ending: isLast ? ending : "step",
      model,
      // The provider gives one sum for the whole completion; a part's share of it cannot be known from that.
      logprobSum: pieces.length === 1 ? completion.logprobSum : null,
      tokenCount: tokenCounts[index] ?? null,
      ...(refusedFrom !== null && refusedFrom < piece.length && { refusalFrom: refusedFrom }),
      ...(tokens !== undefined && { tokens: tokenLists[index] ?? [] }),
      ...(index === 0 && reasoning !== undefined && { reasoning }),
      ...(index === 0 && reasoningTokens !== undefined && { reasoningTokens }),
      ...(isLast && ofLast),
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

/** Each token with the piece in which it begins; what goes beyond the text, with the last. */
function tokensByPiece(tokens: readonly TokenLogprob[], pieces: readonly string[]): readonly TokenLogprob[][] {
  const lists = pieces.map((): TokenLogprob[] => []);
  let piece = 0;
  let end = pieces[0]?.length ?? 0;
  let at = 0;
  for (const token of tokens) {
    while (at >= end && piece < pieces.length - 1) {
      piece++;
      end += pieces[piece]?.length ?? 0;
    }
    lists[piece]?.push(token);
    at += token.token.length;
  }
  return lists;
}
