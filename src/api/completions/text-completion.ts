import type { AnswerView, SearchSummary } from "../../../durable-objects/search-tree/protocol.ts";
import { type ChunkWriter, splitText } from "../chat-completions/chunks.ts";
import {
  type CompletionHead,
  finishReasonOf,
  searchBlockOf,
  servedAnswers,
  usageOf,
} from "../chat-completions/completion.ts";

/** The search's suffix, so that one names the other. */
export function textHeadOf(searchId: string, model: string, createdAtMs: number): CompletionHead {
  const id = `cmpl-${searchId.slice("srch_".length)}`;
  return { id, created: Math.floor(createdAtMs / 1000), model, isLegacy: false };
}

export function textCompletionOf(head: CompletionHead, summary: SearchSummary, count: number) {
  const answers = servedAnswers(summary, count);
  return {
    ...frameOf(head),
    choices: answers.map((answer, index) => choice(index, answer.text, finishReasonOf(answer))),
    usage: usageOf(summary, answers),
    search: searchBlockOf(summary),
  };
}

/** A role is an empty text here; so is a sign of life. */
export function createTextChunkWriter(head: CompletionHead, count: number, hasUsage: boolean): ChunkWriter {
  const chunk = (choices: readonly object[], extra: object = {}) => ({
    ...frameOf(head),
    choices,
    ...(hasUsage && { usage: null }),
    ...extra,
  });
  return {
    role: (index) => chunk([choice(index, "")]),
    heartbeat: () => chunk([choice(0, "")]),
    progress: () => chunk([choice(0, "")]),
    answer: (summary) => {
      const answers = servedAnswers(summary, count);
      const chunks = answers.flatMap((answer: AnswerView, index) => [
        ...splitText(answer.text).map((text) => chunk([choice(index, text)])),
        chunk(
          [choice(index, "", finishReasonOf(answer))],
          index === answers.length - 1 ? { search: searchBlockOf(summary) } : {},
        ),
      ]);
      return hasUsage ? [...chunks, chunk([], { usage: usageOf(summary, answers) })] : chunks;
    },
  };
}

function frameOf({ id, created, model }: CompletionHead) {
  return { id, object: "text_completion", created, model };
}

function choice(index: number, text: string, finishReason: string | null = null) {
  return { text, index, logprobs: null, finish_reason: finishReason };
}
