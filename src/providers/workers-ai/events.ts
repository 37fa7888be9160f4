import { type Chunk, type ChunkChoice, isRecord, listOf, SILENT, type ToolCallDelta, textOf } from "../chunk.ts";
import { createStopCut } from "../stop-cut.ts";
import type { Reader } from "../wire.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Models answer in one of three ways, as seen in captures of live streams (cloudflare/ai `workers-ai-provider`, tests of
 * its streams; notes on gemma-4 and glm-4.7-flash): their own events, `{response, tool_calls}`; chunks of chat completions;
 * or both in one event, with the same text twice, of which the chunk counts. The last event of all, before `[DONE]`, is
 * `{"response": "", "usage": {...}}` with the figures of the whole call; what chunks say of usage before is of their own
 * piece. The models' own events give no reason for the end: that last event is it, and a full `max_tokens` means `length`.
 */
export function createReader(stops: readonly string[], maxTokens: number): Reader {
  const cut = createStopCut(stops);
  let hasCalls = false;
  let isEnded = false;

  const said = (text: string): Partial<ChunkChoice> => {
    const piece = cut.add(text, []);
    if (piece.stop !== null) isEnded = true;
    return { text: piece.text, ...(piece.stop !== null && { finishReason: "stop", stopReason: piece.stop }) };
  };

  const pieceOf = (event: Fields): Partial<ChunkChoice> => {
    const [choice] = listOf(event.choices);
    const delta = isRecord(choice?.delta) ? choice.delta : {};
    const isChunk = choice !== undefined;
    const calls = listOf(isChunk ? delta.tool_calls : event.tool_calls).flatMap(callOf);
    if (calls.length > 0) hasCalls = true;
    const piece = {
      ...said(isChunk ? textOf(delta.content) : responseOf(event.response)),
      refusal: textOf(delta.refusal),
      reasoning: textOf(delta.reasoning_content) || textOf(delta.reasoning),
      toolCalls: calls,
    };
    const reason = textOf(choice?.finish_reason) || textOf(event.finish_reason) || lastReason(event);
    return reason === "" || isEnded ? piece : { ...piece, ...ended(piece.text ?? "", reason) };
  };

  const ended = (text: string, finishReason: string): Partial<ChunkChoice> => {
    isEnded = true;
    return { text: text + cut.flush().text, finishReason };
  };

  /** "" unless this is the event that ends a stream of the model's own. */
  const lastReason = ({ choices, response, usage }: Fields): string => {
    if (choices !== undefined || response !== "" || !isRecord(usage)) return "";
    if (hasCalls) return "tool_calls";
    return typeof usage.completion_tokens === "number" && usage.completion_tokens >= maxTokens ? "length" : "stop";
  };

  return (event) => {
    if (!isRecord(event)) return null;
    const head = { id: textOf(event.id) || null, model: textOf(event.model) || null };
    return { ...head, choices: [{ ...SILENT, ...pieceOf(event) }], usage: usageOf(event) } satisfies Chunk;
  };
}

/** A token that reads as JSON comes as the value it reads as. */
function responseOf(response: unknown): string {
  return typeof response === "number" || typeof response === "boolean" ? String(response) : textOf(response);
}

/** Figures of single chunks are none of the call's. */
function usageOf({ choices, usage }: Fields): Fields | null {
  const isOfPiece = choices !== undefined;
  return isRecord(usage) && !isOfPiece ? usage : null;
}

/** Whole or in pieces, `function` around it or not; the last of a call may be all null. */
function callOf(call: Fields, position: number): readonly ToolCallDelta[] {
  const called = isRecord(call.function) ? call.function : call;
  const name = textOf(called.name);
  const given = called.arguments;
  const text = isRecord(given) ? JSON.stringify(given) : textOf(given);
  if (name === "" && text === "" && textOf(call.id) === "") return [];
  return [
    { index: typeof call.index === "number" ? call.index : position, id: textOf(call.id), name, arguments: text },
  ];
}
