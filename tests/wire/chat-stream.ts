import { errorFaults, json } from "./error.ts";
import type { Exchange } from "./proxy.ts";
import type { Body } from "./rules.ts";
import { against } from "./schema.ts";
import { parseSse, type SseEvent } from "./sse.ts";
import { toolCallFaults } from "./tool-calls.ts";
import { usageFaults } from "./usage.ts";

export interface Chunk {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly choices: readonly ChunkChoice[];
  readonly usage?: object | null;
}

export interface ChunkChoice {
  readonly index: number;
  readonly delta: Body;
  readonly finish_reason: string | null;
}

/** What clients accumulate. Any other key in a delta is added up, joined or lost by one or another (WIRE 1.4). */
const DELTA_KEYS = ["role", "content", "refusal", "tool_calls", "function_call", "reasoning_content", "reasoning"];

/** WIRE 1.4, frame by frame. */
export function chatStreamFaults(request: Body, exchange: Exchange): string[] {
  const { chunks, faults } = chunksOf(request, exchange, (chunk) =>
    against("CreateChatCompletionStreamResponse", chunk),
  );
  const keys = chunks.flatMap(({ choices }) => choices.flatMap(({ delta }) => Object.keys(delta)));
  faults.push(...keys.filter((key) => !DELTA_KEYS.includes(key)).map((key) => `a delta has '${key}'`));
  for (const [index, choices] of choicesByIndex(chunks)) {
    const roles = choices.map(({ delta }) => delta.role).filter((role) => role !== undefined);
    if (roles.join() !== "assistant") faults.push(`choice ${index} has the roles '${roles}'`);
    if (choices[0]?.delta.role !== "assistant") faults.push(`choice ${index} does not begin with its role`);
    faults.push(...toolCallFaults(choices));
  }
  return faults;
}

/** The legacy endpoint's stream: the same but for roles. Its schema has no chunk that goes on, which every chunk does. */
export function textStreamFaults(request: Body, exchange: Exchange): string[] {
  return chunksOf(request, exchange, (chunk) => {
    const { usage = null, choices, ...rest } = chunk ?? {};
    return against("CreateCompletionResponse", {
      ...rest,
      // Null in every chunk but the last, where usage is asked for: the schema knows only an object.
      ...(usage !== null && { usage }),
      ...(choices && { choices: choices.map((one) => ({ ...one, finish_reason: one.finish_reason ?? "stop" })) }),
    });
  }).faults;
}

function chunksOf(request: Body, exchange: Exchange, validate: (chunk: Chunk) => string[]) {
  const type = String(exchange.headers["content-type"]);
  if (!type.startsWith("text/event-stream")) return { chunks: [], faults: [`content-type ${type}`] };
  const { events, faults: sseFaults } = parseSse(exchange.text);
  const faults = [...sseFaults, ...events.filter(({ name }) => name !== null).map(({ name }) => `an event '${name}'`)];
  const ends = endOf(events);
  const parsed = events.slice(0, ends.from).map(({ data }) => json(data) as Chunk);
  const invalid = parsed.flatMap(validate);
  // Of what is no chunk at all, nothing more can be said.
  if (invalid.length > 0) return { chunks: [], faults: [...faults, ...invalid] };
  if (new Set(parsed.map(({ id, created, model }) => JSON.stringify([id, created, model]))).size > 1) {
    faults.push("id, created or model changed within the stream");
  }
  if (parsed[0] !== undefined && parsed[0].model !== request.model) faults.push(`model ${parsed[0].model}`);
  if (!exchange.isComplete) return { chunks: parsed, faults };
  if (ends.type === "error") {
    faults.push(...errorFaults({ ...exchange, headers: JSON_TYPE, text: events.at(-1)?.data ?? "" }));
  } else if (ends.type === "none") {
    faults.push("neither [DONE] nor an error at the end");
  } else {
    faults.push(...finishFaults(request, parsed), ...usageChunkFaults(request, parsed));
  }
  return { chunks: parsed, faults };
}

const JSON_TYPE = { "content-type": "application/json" };

/** How the stream ends and where the last frame begins; a second end is not cut off, and so found invalid. */
function endOf(events: readonly SseEvent[]): { readonly type: "done" | "error" | "none"; readonly from: number } {
  const last = events.at(-1)?.data ?? "";
  if (last === "[DONE]") return { type: "done", from: events.length - 1 };
  if (last.startsWith('{"error":')) return { type: "error", from: events.length - 1 };
  return { type: "none", from: events.length };
}

/** Every index finishes exactly once, with its last chunk. */
function finishFaults(request: Body, chunks: readonly Chunk[]): string[] {
  const byIndex = choicesByIndex(chunks);
  const faults: string[] = [];
  const count = Number(request.n ?? 1);
  if (byIndex.size !== count) faults.push(`${byIndex.size} choices where ${count} were asked for`);
  for (const [index, choices] of byIndex) {
    const finished = choices.filter(({ finish_reason }) => finish_reason !== null).length;
    if (finished !== 1) faults.push(`choice ${index} finishes ${finished} times`);
    if (choices.at(-1)?.finish_reason === null) faults.push(`choice ${index} goes on after its end`);
  }
  return faults;
}

/** Once, in a chunk of its own at the end, where asked for; not a word of it where not. */
function usageChunkFaults(request: Body, chunks: readonly Chunk[]): string[] {
  const isAsked = (request.stream_options as { include_usage?: boolean } | null | undefined)?.include_usage === true;
  const told = chunks.filter(({ usage }) => usage !== undefined && usage !== null);
  if (!isAsked) return chunks.some(({ usage }) => usage !== undefined) ? ["usage that nobody asked for"] : [];
  const faults = told.length === 1 ? [] : [`usage is told ${told.length} times`];
  const last = chunks.at(-1);
  if (last?.choices.length !== 0 || last.usage == null) return [...faults, "the last chunk is not the usage's own"];
  if (chunks.slice(0, -1).some(({ usage }) => usage !== null))
    faults.push("a chunk before the last has no usage: null");
  return [...faults, ...usageFaults(request, last.usage)];
}

export function choicesByIndex(chunks: readonly Chunk[]): Map<number, ChunkChoice[]> {
  const byIndex = new Map<number, ChunkChoice[]>();
  for (const choice of chunks.flatMap(({ choices }) => choices)) {
    byIndex.set(choice.index, [...(byIndex.get(choice.index) ?? []), choice]);
  }
  return byIndex;
}
