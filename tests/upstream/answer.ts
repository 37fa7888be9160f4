import { type Action, DONE, data, headers, wait } from "./action.ts";

/** One choice of an ordinary answer. */
export interface ScriptedChoice {
  /** Each piece is a chunk of its own. */
  readonly pieces: readonly string[];
  /** "stop" unless said; null sends none, as a stream that breaks off. */
  readonly finishReason?: string | null;
  /** vLLM's `stop_reason`. */
  readonly stopReason?: string | number | null;
  /** OpenAI's `logprobs.content` per piece: one entry for each piece. */
  readonly logprobs?: readonly {
    token: string;
    logprob: number;
    top_logprobs?: { token: string; logprob: number }[];
  }[];
  /** Deltas of `tool_calls`, sent one per chunk after the pieces. */
  readonly toolCallDeltas?: readonly unknown[];
}

export interface AnswerOptions {
  /** Of the upstream's own choosing; "scripted" unless said. */
  readonly model?: string;
  /** Milliseconds before the headers, and before each chunk with text. */
  readonly headerDelayMs?: number;
  readonly pieceDelayMs?: number;
  /** The usage object as sent; null sends no usage chunk; unless said, 10 prompt tokens and one token per piece. */
  readonly usage?: unknown;
  /** False leaves out `data: [DONE]`. */
  readonly hasDone?: boolean;
}

/** An ordinary streamed answer, choices interleaved piece by piece as servers do. A string is a choice of one piece. */
export function answer(choices: readonly (string | ScriptedChoice)[], options: AnswerOptions = {}): readonly Action[] {
  const scripted = choices.map((choice) => (typeof choice === "string" ? { pieces: [choice] } : choice));
  const model = options.model ?? "scripted";
  const chunk = (choice: unknown) => data(chunkOf(model, [choice]));
  const actions: Action[] = options.headerDelayMs === undefined ? [] : [wait(options.headerDelayMs)];
  actions.push(headers());
  scripted.forEach((_, index) => {
    actions.push(chunk({ index, delta: { role: "assistant", content: "" }, finish_reason: null }));
  });
  const longest = Math.max(...scripted.map((choice) => choice.pieces.length));
  for (let at = 0; at < longest; at++) {
    scripted.forEach((choice, index) => {
      const piece = choice.pieces[at];
      if (piece === undefined) return;
      if (options.pieceDelayMs !== undefined) actions.push(wait(options.pieceDelayMs));
      const entry = choice.logprobs?.[at];
      const logprobs = entry === undefined ? null : { content: [entry] };
      actions.push(chunk({ index, delta: { content: piece }, logprobs, finish_reason: null }));
    });
  }
  scripted.forEach((choice, index) => {
    for (const call of choice.toolCallDeltas ?? []) {
      actions.push(chunk({ index, delta: { tool_calls: [call] }, finish_reason: null }));
    }
    if (choice.finishReason === null) return;
    const stop_reason = choice.stopReason ?? null;
    actions.push(chunk({ index, delta: {}, finish_reason: choice.finishReason ?? "stop", stop_reason }));
  });
  const usage = options.usage === undefined ? usageOf(scripted) : options.usage;
  if (usage !== null) actions.push(data({ ...chunkOf(model, []), usage }));
  if (options.hasDone !== false) actions.push(DONE);
  return actions;
}

export function chunkOf(model: string, choices: readonly unknown[]): Record<string, unknown> {
  return { id: "chatcmpl-scripted", object: "chat.completion.chunk", created: 1, model, choices };
}

function usageOf(choices: readonly ScriptedChoice[]): unknown {
  const completion_tokens = choices.reduce((sum, choice) => sum + choice.pieces.length, 0);
  return { prompt_tokens: 10, completion_tokens, total_tokens: 10 + completion_tokens };
}
