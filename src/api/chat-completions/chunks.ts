import type { AnswerView, SearchSummary } from "../../../durable-objects/search-tree/protocol.ts";
import {
  type CompletionHead,
  chatFinishReasonOf,
  searchBlockOf,
  servedAnswers,
  toolCallsOf,
  usageOf,
} from "./completion.ts";
import { firstCallOf } from "./legacy-functions.ts";

/** The frames of a streamed answer (WIRE.md 1.4), as values. With `hasUsage` every chunk but the last says `usage: null`. */
export interface ChunkWriter {
  /** First, once per index. */
  role(index: number): object;
  /** Valid and empty: keeps every idle timer from running out, and appends nothing. */
  heartbeat(): object;
  /** What the search does, as reasoning: shown by whoever shows thoughts, ignored by all others (WIRE.md 1.11). */
  progress(sentence: string): object;
  /** The winners' texts, their ends, and the usage where asked for. */
  answer(summary: SearchSummary): object[];
}

export function createChunkWriter(head: CompletionHead, count: number, hasUsage: boolean): ChunkWriter {
  const chunk = (choices: readonly object[], extra: object = {}) => ({
    id: head.id,
    object: "chat.completion.chunk",
    created: head.created,
    model: head.model,
    choices,
    ...(hasUsage && { usage: null }),
    ...extra,
  });
  const choice = (index: number, delta: object, finishReason: string | null = null) => ({
    index,
    delta,
    logprobs: null,
    finish_reason: finishReason,
  });
  return {
    role: (index) => chunk([choice(index, { role: "assistant", content: "", refusal: null })]),
    heartbeat: () => chunk([choice(0, { content: "" })]),
    progress: (sentence) => chunk([choice(0, { reasoning_content: `${sentence}\n`, reasoning: `${sentence}\n` })]),
    answer: (summary) => {
      const answers = servedAnswers(summary, count);
      const chunks = answers.flatMap((answer, index) => [
        ...deltasOf(head, answer).map((delta) => chunk([choice(index, delta)])),
        chunk(
          [choice(index, {}, chatFinishReasonOf(head, answer))],
          index === answers.length - 1 ? { search: searchBlockOf(summary) } : {},
        ),
      ]);
      return hasUsage ? [...chunks, chunk([], { usage: usageOf(summary, answers) })] : chunks;
    },
  };
}

function deltasOf({ isLegacy }: CompletionHead, answer: AnswerView): object[] {
  const texts = splitText(answer.text).map((content) => ({ content }));
  if (answer.toolCallsJson === null) return texts;
  // A whole call in one delta is accepted by all clients; each needs its `index`.
  const calls = toolCallsOf(answer.toolCallsJson);
  if (isLegacy) return [...texts, { function_call: firstCallOf(calls) }];
  return [...texts, ...calls.map((call, index) => ({ tool_calls: [{ ...call, index }] }))];
}

/** Characters per chunk, WIRE.md 4.7. */
const CHUNK_LENGTH = 40;

/** In code points, so that no chunk ends inside a surrogate pair. */
export function splitText(text: string): string[] {
  const pieces: string[] = [];
  const points = [...text];
  for (let from = 0; from < points.length; from += CHUNK_LENGTH) {
    pieces.push(points.slice(from, from + CHUNK_LENGTH).join(""));
  }
  return pieces;
}
