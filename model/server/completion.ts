import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "../random.ts";
import { type ChoiceText, createChoiceText, type Delta } from "./choice.ts";
import { RequestError } from "./errors.ts";
import type { LedgerCall } from "./ledger.ts";
import type { ChatRequest } from "./parse.ts";
import type { ServedModel } from "./served-model.ts";

export type Usage = {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: { readonly cached_tokens: number };
};

/** Where the pieces of a completion go; the calls of one choice come in order. */
export type CompletionSink = {
  onDelta(index: number, delta: Delta): void;
  onFinish(index: number, reason: "stop" | "length"): void;
};

/** The prompt of a request, or a RequestError when it leaves no room for an answer. */
export function preparePrompt(model: ServedModel, request: ChatRequest): readonly number[] {
  const prompt = model.promptTokens(request.messages);
  if (prompt.length < model.contextTokens) return prompt;
  throw new RequestError(
    400,
    `This model's maximum context length is ${model.contextTokens} tokens, and the messages take ${prompt.length}.`,
    "messages",
    "context_length_exceeded",
  );
}

/**
 * Generates all choices; resolves when the last one has ended, rejects when the signal aborts (generation has stopped
 * by then) or the model fails. The ledger's call is kept up to date token by token.
 *
 * A limit beyond the context is not an error: the answer then ends with "length" at the end of the context.
 */
export async function complete(
  model: ServedModel,
  request: ChatRequest,
  prompt: readonly number[],
  options: { readonly latencyMs: number; readonly signal: AbortSignal; readonly call: LedgerCall },
  sink: CompletionSink,
): Promise<Usage> {
  const { signal, call } = options;
  if (options.latencyMs > 0) await sleep(options.latencyMs, undefined, { signal });
  signal.throwIfAborted();
  const seed = request.seed ?? Math.floor(Math.random() * 2 ** 48);
  const maxTokens = Math.min(request.maxTokens ?? model.contextTokens, model.contextTokens - prompt.length);
  let cachedTokens = 0;
  let completionTokens = 0;

  await new Promise<void>((resolve, reject) => {
    let open = request.n;
    const handle = model.generate(
      prompt,
      Array.from({ length: request.n }, (_, index) => {
        const text: ChoiceText = createChoiceText(model, request.stop, request.topLogprobs !== undefined);
        return {
          maxTokens,
          sampling: { temperature: request.temperature, topP: request.topP },
          random: createRandom(seed, index),
          topLogprobs: request.topLogprobs,
          onStart(cached) {
            // The prompt is billed once; what the further choices reuse is the same prompt.
            if (index === 0) {
              cachedTokens = cached;
              call.cachedTokens = cached;
            }
          },
          onToken(token) {
            completionTokens++;
            call.completionTokens++;
            const { delta, isStopped } = text.add(token);
            send(index, delta);
            return isStopped ? "stop" : "continue";
          },
          onEnd(reason) {
            send(index, text.finish());
            call.finish.push(reason);
            sink.onFinish(index, reason);
            open--;
            if (open === 0) resolve();
          },
          onError: reject,
        };
      }),
    );
    signal.addEventListener(
      "abort",
      () => {
        handle.cancel();
        reject(signal.reason);
      },
      { once: true },
    );
  });
  return {
    prompt_tokens: prompt.length,
    completion_tokens: completionTokens,
    total_tokens: prompt.length + completionTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens },
  };

  function send(index: number, delta: Delta): void {
    if (delta.text !== "" || delta.logprobs.length > 0) sink.onDelta(index, delta);
  }
}
