import { type Chunk, type ChunkChoice, isRecord, listOf, parseToken, SILENT, textOf } from "../chunk.ts";
import { createStopCut } from "../stop-cut.ts";
import type { Reader } from "../wire.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads the events of one response. What comes in deltas comes again whole at each part's end: the whole counts only where
 * no delta did. Events of other kinds (queued, in progress, searches of OpenAI's own) say nothing.
 */
export function createReader(stops: readonly string[]): Reader {
  const cut = createStopCut(stops);
  /** Parts that deltas have come of, by item, kind and place. */
  const begun = new Set<string>();
  let hasCalls = false;
  let messages = 0;

  const said = (text: string, tokens: readonly Fields[]): Partial<ChunkChoice> => {
    const piece = cut.add(text, tokens.map(parseToken));
    const ending = piece.stop === null ? {} : { finishReason: "stop", stopReason: piece.stop };
    return { text: piece.text, tokens: piece.tokens, ...ending };
  };

  /** A delta, or the whole where there was none. */
  const once = (event: Fields, kind: string, field: string): string => {
    const part = `${event.output_index}/${event.content_index ?? event.summary_index ?? ""}/${kind}`;
    if (field === "delta") {
      begun.add(part);
      return textOf(event.delta);
    }
    if (begun.has(part)) return "";
    begun.add(part);
    return textOf(event[field]);
  };

  const pieceOf = (event: Fields): Partial<ChunkChoice> | null => {
    switch (event.type) {
      case "response.output_text.delta":
        return said(once(event, "text", "delta"), listOf(event.logprobs));
      case "response.output_text.done": {
        const text = once(event, "text", "text");
        return text === "" ? null : said(text, listOf(event.logprobs));
      }
      case "response.refusal.delta":
        return { refusal: once(event, "refusal", "delta") };
      case "response.refusal.done":
        return { refusal: once(event, "refusal", "refusal") };
      case "response.reasoning_text.delta":
        return { reasoning: once(event, "reasoning", "delta") };
      case "response.reasoning_summary_text.delta":
        return { reasoning: once(event, "summary", "delta") };
      case "response.reasoning_summary_part.added":
        return Number(event.summary_index) > 0 ? { reasoning: "\n\n" } : null;
      case "response.output_item.added":
        return begunItem(event);
      case "response.function_call_arguments.delta":
        return callPiece(event, { arguments: once(event, "call", "delta") });
      case "response.function_call_arguments.done":
        return callPiece(event, { arguments: once(event, "call", "arguments") });
      default:
        return null;
    }
  };

  /** A call is opened by its name; a second message follows the first as a paragraph of its own. */
  const begunItem = (event: Fields): Partial<ChunkChoice> | null => {
    const { item } = event;
    if (!isRecord(item)) return null;
    if (item.type === "message") return messages++ > 0 ? said("\n\n", []) : null;
    if (item.type !== "function_call") return null;
    hasCalls = true;
    return callPiece(event, { id: textOf(item.call_id), name: textOf(item.name), arguments: "" });
  };

  const ended = (response: Fields): Chunk => {
    const { text, tokens } = cut.flush();
    const why = isRecord(response.incomplete_details) ? textOf(response.incomplete_details.reason) : "";
    const rawFinishReason = why || textOf(response.status) || "completed";
    const finishReason = hasCalls && why === "" ? "tool_calls" : (FINISH_REASONS[why] ?? "stop");
    return {
      ...headOf(response),
      choices: [{ ...SILENT, text, tokens, finishReason, rawFinishReason }],
      ...usageOf(response.usage),
    };
  };

  return (event) => {
    if (!isRecord(event)) return null;
    const response = isRecord(event.response) ? event.response : {};
    switch (event.type) {
      case "response.completed":
      case "response.incomplete":
        return ended(response);
      case "response.failed":
        return { ...headOf(response), choices: [], ...usageOf(response.usage), error: errorOf(response.error) };
      // The name of the event says so too, and then the SDK has thrown; some leave the name out.
      case "error":
        return { ...NOTHING, error: errorOf(isRecord(event.error) ? event.error : event) };
      default: {
        const piece = pieceOf(event);
        return { ...headOf(response), choices: piece === null ? [] : [{ ...SILENT, ...piece }], usage: null };
      }
    }
  };
}

const NOTHING: Chunk = { model: null, choices: [], usage: null };

function callPiece(
  { output_index }: Fields,
  { id = "", name = "", arguments: text }: { id?: string; name?: string; arguments: string },
): Partial<ChunkChoice> {
  const index = typeof output_index === "number" ? output_index : 0;
  return { toolCalls: [{ index, id, name, arguments: text }] };
}

function headOf(response: Fields): Pick<Chunk, "id" | "model"> {
  return { id: textOf(response.id) || null, model: textOf(response.model) || null };
}

/** `incomplete_details.reason` in the words of chat completions. */
const FINISH_REASONS: Readonly<Record<string, string>> = {
  max_output_tokens: "length",
  content_filter: "content_filter",
};

/** The same figures under the names of chat completions. */
function usageOf(usage: unknown): Pick<Chunk, "usage" | "rawUsage"> {
  if (!isRecord(usage)) return { usage: null };
  const { input_tokens, output_tokens, total_tokens, input_tokens_details, output_tokens_details } = usage;
  return {
    usage: {
      prompt_tokens: input_tokens,
      completion_tokens: output_tokens,
      total_tokens,
      prompt_tokens_details: input_tokens_details,
      completion_tokens_details: output_tokens_details,
    },
    rawUsage: usage,
  };
}

/** Codes of `ResponseError` for which the request is at fault: the same would be refused again. */
const REFUSALS = /^(?:invalid_|image_|unsupported_|empty_|bio_policy|misalignment|data_residency|failed_to_download)/;

function errorOf(error: unknown): Chunk["error"] & {} {
  const { code, message } = isRecord(error) ? error : {};
  const name = typeof code === "string" ? code : null;
  return { message: textOf(message) || "the response failed", code: name !== null && REFUSALS.test(name) ? 400 : name };
}
