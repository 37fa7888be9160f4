import type { AnswerView } from "../../../durable-objects/search-tree/protocol.ts";
import type { CompletionDelta, TokenLogprob } from "../../core/model.ts";

/** What an answer says, whole or as far as it has come. */
export interface Said {
  readonly content: string;
  /** OpenAI's `refusal`, which follows or replaces the content. */
  readonly refusal: string;
  /** Where the client wants it; never a part of the answer. */
  readonly reasoning: string;
  readonly calls: readonly SaidCall[];
  /** Of content and refusal; [] where they were not asked for. */
  readonly tokens: readonly TokenLogprob[];
}

export interface SaidCall {
  readonly id: string;
  readonly name: string;
  /** JSON text, maybe not all of it. */
  readonly arguments: string;
}

/** A piece of what is said, of whichever answer. */
export type Piece = Omit<CompletionDelta, "index">;

export const NOTHING_SAID: Said = { content: "", refusal: "", reasoning: "", calls: [], tokens: [] };

export function saidOf(answer: AnswerView): Said {
  const { text, refusalFrom = text.length, reasoning = "" } = answer;
  return {
    content: text.slice(0, refusalFrom),
    refusal: text.slice(refusalFrom),
    reasoning,
    calls: answer.toolCallsJson === null ? [] : toolCallsOf(answer.toolCallsJson).map(callOf),
    tokens: tokensOf(answer) ?? [],
  };
}

/** Null where they were not asked for. */
export function tokensOf({ tokensJson }: AnswerView): readonly TokenLogprob[] | null {
  return tokensJson === undefined ? null : (JSON.parse(tokensJson) as TokenLogprob[]);
}

export function toolCallsOf(json: string): readonly Record<string, unknown>[] {
  return JSON.parse(json) as Record<string, unknown>[];
}

function callOf(call: Readonly<Record<string, unknown>>): SaidCall {
  const { name = "", arguments: text = "" } = (call.function ?? {}) as { name?: string; arguments?: string };
  return { id: String(call.id ?? ""), name, arguments: text };
}

export function withPiece(said: Said, piece: Piece): Said {
  const { text = "", refusal = "", reasoning = "", toolCall, tokens } = piece;
  return {
    content: said.content + text,
    refusal: said.refusal + refusal,
    reasoning: said.reasoning + reasoning,
    calls: toolCall === undefined ? said.calls : withCall(said.calls, toolCall),
    tokens: tokens === undefined ? said.tokens : [...said.tokens, ...tokens],
  };
}

function withCall(calls: readonly SaidCall[], { position, opening, arguments: more }: ToolCallPiece): SaidCall[] {
  const known = calls[position] ?? { id: "", name: "", arguments: "" };
  const call = { ...known, ...opening, arguments: known.arguments + more };
  return [...calls.slice(0, position), call, ...calls.slice(position + 1)];
}

type ToolCallPiece = NonNullable<Piece["toolCall"]>;

/**
 * What has to follow `shown` for it to say the whole: [] where it does, null where it cannot, because something else was
 * said. Reasoning is no answer: where it has become another, nothing more of it follows.
 */
export function restOf(shown: Said, whole: Said): readonly Piece[] | null {
  const content = after(shown.content, whole.content);
  const refusal = after(shown.refusal, whole.refusal);
  const calls = callsAfter(shown.calls, whole.calls);
  if (content === null || refusal === null || calls === null) return null;
  // Content cannot follow a refusal.
  if (content !== "" && shown.refusal !== "") return null;
  const reasoning = after(shown.reasoning, whole.reasoning) ?? "";
  const tokens = whole.tokens.slice(shown.tokens.length);
  const ofContent = tokensWithin(whole.tokens, whole.content.length) - shown.tokens.length;
  const [first, second] = [tokens.slice(0, Math.max(0, ofContent)), tokens.slice(Math.max(0, ofContent))];
  return [
    ...(reasoning === "" ? [] : [{ reasoning }]),
    ...(content === "" ? [] : [{ text: content, ...(first.length > 0 && { tokens: first }) }]),
    ...(refusal === "" ? [] : [{ refusal, ...(second.length > 0 && { tokens: second }) }]),
    ...calls,
  ];
}

/** How many of the tokens begin within so many characters. */
export function tokensWithin(tokens: readonly TokenLogprob[], length: number): number {
  let at = 0;
  const beyond = tokens.findIndex(({ token }) => {
    const begins = at;
    at += token.length;
    return begins >= length;
  });
  return beyond < 0 ? tokens.length : beyond;
}

function after(beginning: string, whole: string): string | null {
  return whole.startsWith(beginning) ? whole.slice(beginning.length) : null;
}

function callsAfter(shown: readonly SaidCall[], whole: readonly SaidCall[]): readonly Piece[] | null {
  if (shown.length > whole.length) return null;
  const pieces: Piece[] = [];
  for (const [position, call] of whole.entries()) {
    const known = shown[position];
    if (known === undefined) {
      const { id, name, arguments: text } = call;
      pieces.push({ toolCall: { position, opening: { id, name }, arguments: text } });
      continue;
    }
    const more = after(known.arguments, call.arguments);
    if (known.id !== call.id || known.name !== call.name || more === null) return null;
    if (more !== "") pieces.push({ toolCall: { position, arguments: more } });
  }
  return pieces;
}
