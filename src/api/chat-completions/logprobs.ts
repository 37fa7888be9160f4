import type { AnswerView } from "../../../durable-objects/search-tree/protocol.ts";
import type { AlternativeLogprob, TokenLogprob } from "../../core/model.ts";
import { tokensOf, tokensWithin } from "./said.ts";

/** A choice's `logprobs`, as OpenAI has them. */
export interface WireLogprobs {
  readonly content: readonly object[] | null;
  readonly refusal: readonly object[] | null;
}

/** Null where they were not asked for. */
export function logprobsOf(answer: AnswerView): WireLogprobs | null {
  const tokens = tokensOf(answer);
  if (tokens === null) return null;
  const { refusalFrom } = answer;
  if (refusalFrom === undefined) return { content: tokens.map(tokenToWire), refusal: null };
  const first = tokensWithin(tokens, refusalFrom);
  return {
    content: first === 0 ? null : tokens.slice(0, first).map(tokenToWire),
    refusal: tokens.slice(first).map(tokenToWire),
  };
}

export function tokenToWire(token: TokenLogprob) {
  return { ...alternativeToWire(token), top_logprobs: (token.top ?? []).map(alternativeToWire) };
}

/** OpenAI's own figure for a token too unlikely to have one. */
const UNKNOWN_LOGPROB = -9999;

function alternativeToWire({ token, logprob, bytes }: TokenLogprob | AlternativeLogprob) {
  return {
    token,
    logprob: logprob ?? UNKNOWN_LOGPROB,
    bytes: bytes === undefined ? [...new TextEncoder().encode(token)] : bytes,
  };
}
