import {
  type Chunk,
  type ChunkChoice,
  isRecord,
  listOf,
  parseEnvelope,
  parseToken,
  type ToolCallDelta,
  textOf,
} from "../chunk.ts";

/** One chunk of a streamed chat completion. Null when it is not a JSON object at all. */
export function parseChunk(raw: unknown): Chunk | null {
  return parseEnvelope(raw, parseChoice);
}

function parseChoice(choice: Readonly<Record<string, unknown>>): ChunkChoice {
  const delta = isRecord(choice.delta) ? choice.delta : {};
  const logprobs = isRecord(choice.logprobs) ? choice.logprobs : {};
  return {
    index: typeof choice.index === "number" ? choice.index : 0,
    text: textOf(delta.content),
    refusal: textOf(delta.refusal),
    // Some servers send both, with the same text.
    reasoning: textOf(delta.reasoning_content) || textOf(delta.reasoning),
    toolCalls: listOf(delta.tool_calls).map(parseToolCall),
    // Some servers send "" in every chunk before the last.
    finishReason: textOf(choice.finish_reason) || null,
    stopReason: textOf(choice.stop_reason) || null,
    tokens: [...listOf(logprobs.content), ...listOf(logprobs.refusal)].map(parseToken),
  };
}

function parseToolCall(delta: Readonly<Record<string, unknown>>, position: number): ToolCallDelta {
  const called = isRecord(delta.function) ? delta.function : {};
  return {
    index: typeof delta.index === "number" ? delta.index : position,
    id: textOf(delta.id),
    name: textOf(called.name),
    arguments: textOf(called.arguments),
  };
}
