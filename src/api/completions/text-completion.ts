import type { AnswerView, SearchSummary } from "../../../durable-objects/search-tree/protocol.ts";
import type { TokenLogprob } from "../../core/model.ts";
import { type ChunkWriter, splitWithTokens } from "../chat-completions/chunks.ts";
import {
  type CompletionHead,
  finishReasonOf,
  searchBlockOf,
  servedAnswers,
  usageOf,
} from "../chat-completions/completion.ts";
import { tokensOf } from "../chat-completions/said.ts";

/** The search's suffix, so that one names the other. */
export function textHeadOf(searchId: string, model: string, createdAtMs: number): CompletionHead {
  const id = `cmpl-${searchId.slice("srch_".length)}`;
  return { id, created: Math.floor(createdAtMs / 1000), model, isLegacy: false };
}

export function textCompletionOf(head: CompletionHead, summary: SearchSummary, count: number) {
  const answers = servedAnswers(summary, count);
  return {
    ...frameOf(head),
    choices: answers.map((answer, index) =>
      choice(index, answer.text, logprobsOf(tokensOf(answer), 0), textFinishReasonOf(answer)),
    ),
    usage: usageOf(summary, answers),
    search: searchBlockOf(summary, traceUrlOf(summary)),
  };
}

/** A role is an empty text here; so is a sign of life. Only the text is said: there is no place for anything else. */
export function createTextChunkWriter(head: CompletionHead, count: number, hasUsage: boolean): ChunkWriter {
  const chunk = (choices: readonly object[], extra: object = {}) => ({
    ...frameOf(head),
    choices,
    ...(hasUsage && { usage: null }),
    ...extra,
  });
  /** Characters sent so far, by index: where the next token begins. */
  const offsets = Array.from({ length: count }, () => 0);
  return {
    role: (index) => chunk([choice(index, "")]),
    heartbeat: () => chunk([choice(0, "")]),
    progress: () => chunk([choice(0, "")]),
    pieces: (pieces) =>
      pieces.flatMap(({ index, text = "", refusal = "", tokens = [] }) =>
        splitWithTokens(text + refusal, tokens).map((one) => {
          const offset = offsets[index] ?? 0;
          offsets[index] = offset + one.text.length;
          return chunk([choice(index, one.text, logprobsOf(one.tokens.length === 0 ? null : one.tokens, offset))]);
        }),
      ),
    end: (summary) => {
      const answers = servedAnswers(summary, count);
      const chunks = answers.map((answer, index) =>
        chunk(
          [choice(index, "", null, textFinishReasonOf(answer))],
          index === answers.length - 1 ? { search: searchBlockOf(summary, traceUrlOf(summary)) } : {},
        ),
      );
      return hasUsage ? [...chunks, chunk([], { usage: usageOf(summary, answers) })] : chunks;
    },
  };
}

/** OpenAI's three values: this endpoint knows no tools. */
function textFinishReasonOf(answer: AnswerView): "stop" | "length" | "content_filter" {
  const reason = finishReasonOf(answer);
  return reason === "tool_calls" ? "stop" : reason;
}

/** The older shape: lists side by side, and where in the text each token begins. */
function logprobsOf(tokens: readonly TokenLogprob[] | null, offset: number): object | null {
  if (tokens === null) return null;
  let next = offset;
  const offsets = tokens.map(({ token }) => {
    const own = next;
    next += token.length;
    return own;
  });
  return {
    tokens: tokens.map(({ token }) => token),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs: tokens.some(({ top }) => top !== undefined)
      ? tokens.map(({ top = [] }) => Object.fromEntries(top.map(({ token, logprob }) => [token, logprob])))
      : null,
    text_offset: offsets,
  };
}

function frameOf({ id, created, model }: CompletionHead) {
  return { id, object: "text_completion", created, model };
}

function choice(index: number, text: string, logprobs: object | null = null, finishReason: string | null = null) {
  return { text, index, logprobs, finish_reason: finishReason };
}

function traceUrlOf({ id }: SearchSummary): string {
  return `/v1/searches/${id}`;
}
