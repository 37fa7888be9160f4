import type { SearchSummary } from "../../../durable-objects/search-tree/protocol.ts";
import type { TokenLogprob } from "../../core/model.ts";
import {
  type CompletionHead,
  chatFinishReasonOf,
  SERVICE_TIER,
  searchBlockOf,
  servedAnswers,
  usageOf,
} from "./completion.ts";
import { tokenToWire } from "./logprobs.ts";
import type { Piece } from "./said.ts";
import type { AnswerPiece } from "./viewing.ts";

/** The frames of a streamed answer (WIRE.md 1.4), as values. With `hasUsage` every chunk but the last says `usage: null`. */
export interface ChunkWriter {
  /** First, once per index. */
  role(index: number): object;
  /** Valid and empty: keeps every idle timer from running out, and appends nothing. */
  heartbeat(): object;
  /** What the search does, as reasoning: shown by whoever shows thoughts, ignored by all others (WIRE.md 1.11). */
  progress(sentence: string): object;
  /** More of the answers. */
  pieces(pieces: readonly AnswerPiece[]): object[];
  /** Once all has been said: each answer's end, and the usage where asked for. */
  end(summary: SearchSummary): object[];
}

export function createChunkWriter(head: CompletionHead, count: number, hasUsage: boolean): ChunkWriter {
  const chunk = (choices: readonly object[], extra: object = {}) => ({
    id: head.id,
    object: "chat.completion.chunk",
    created: head.created,
    model: head.model,
    service_tier: SERVICE_TIER,
    choices,
    ...(hasUsage && { usage: null }),
    ...extra,
  });
  const choice = (
    index: number,
    delta: object,
    logprobs: object | null = null,
    finishReason: string | null = null,
  ) => ({
    index,
    delta,
    logprobs,
    finish_reason: finishReason,
  });
  return {
    role: (index) => chunk([choice(index, { role: "assistant", content: "", refusal: null })]),
    heartbeat: () => chunk([choice(0, { content: "" })]),
    progress: (sentence) => chunk([choice(0, { reasoning_content: `${sentence}\n`, reasoning: `${sentence}\n` })]),
    pieces: (pieces) =>
      pieces.flatMap(({ index, ...piece }) =>
        deltasOf(head, piece).map(({ delta, logprobs }) => chunk([choice(index, delta, logprobs)])),
      ),
    end: (summary) => {
      const answers = servedAnswers(summary, count);
      const chunks = answers.map((answer, index) =>
        chunk(
          [choice(index, {}, null, chatFinishReasonOf(head, answer))],
          index === answers.length - 1 ? { search: searchBlockOf(summary) } : {},
        ),
      );
      return hasUsage ? [...chunks, chunk([], { usage: usageOf(summary, answers) })] : chunks;
    },
  };
}

interface Delta {
  readonly delta: object;
  readonly logprobs: object | null;
}

function deltasOf({ isLegacy }: CompletionHead, { reasoning, text, refusal, toolCall, tokens = [] }: Piece): Delta[] {
  const plain = (delta: object): Delta => ({ delta, logprobs: null });
  const thoughts = splitText(reasoning ?? "").map((one) => plain({ reasoning_content: one, reasoning: one }));
  const texts = splitWithTokens(text ?? "", tokens).map(
    (one): Delta => ({ delta: { content: one.text }, logprobs: logprobsOf("content", one.tokens) }),
  );
  const refusals = splitWithTokens(refusal ?? "", text === undefined ? tokens : []).map(
    (one): Delta => ({ delta: { refusal: one.text }, logprobs: logprobsOf("refusal", one.tokens) }),
  );
  const calls = toolCall === undefined ? [] : callDeltas(isLegacy, toolCall).map(plain);
  return [...thoughts, ...texts, ...refusals, ...calls];
}

function logprobsOf(part: "content" | "refusal", tokens: readonly TokenLogprob[]): object | null {
  return tokens.length === 0 ? null : { content: null, refusal: null, [part]: tokens.map(tokenToWire) };
}

/** Id and name come once: two clients corrupt a name that is repeated (WIRE.md 1.4). */
function callDeltas(isLegacy: boolean, { position, opening, arguments: more }: ToolCallPiece): object[] {
  if (isLegacy) {
    // The old words have a place for one call.
    return position > 0 ? [] : [{ function_call: { ...(opening && { name: opening.name }), arguments: more } }];
  }
  const opened = opening && { id: opening.id, type: "function" };
  const called = { ...(opening && { name: opening.name }), arguments: more };
  return [{ tool_calls: [{ index: position, ...opened, function: called }] }];
}

type ToolCallPiece = NonNullable<Piece["toolCall"]>;

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

interface TextWithTokens {
  readonly text: string;
  readonly tokens: readonly TokenLogprob[];
}

/** Between tokens where they add up to the text; where they do not, all of them come with its beginning. */
export function splitWithTokens(text: string, tokens: readonly TokenLogprob[]): TextWithTokens[] {
  if (tokens.map(({ token }) => token).join("") !== text) {
    const [first = "", ...rest] = splitText(text);
    if (first === "" && tokens.length === 0) return [];
    return [{ text: first, tokens }, ...rest.map((one) => ({ text: one, tokens: [] }))];
  }
  const pieces: TextWithTokens[] = [];
  for (const token of tokens) {
    const last = pieces.at(-1);
    if (last === undefined || last.text.length + token.token.length > CHUNK_LENGTH) {
      pieces.push({ text: token.token, tokens: [token] });
    } else pieces[pieces.length - 1] = { text: last.text + token.token, tokens: [...last.tokens, token] };
  }
  return pieces;
}
