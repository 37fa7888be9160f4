import type { ChatMessage } from "../chat.ts";
import type { Random } from "../random.ts";
import type { Sampling } from "../sampler.ts";

/** What the HTTP layer needs of a model. Two makers: `espalier.ts` (our engine) and `llama-cpp.ts` (an optional peer). */
export type ServedModel = {
  readonly id: string;
  readonly description: string;
  readonly contextTokens: number;
  /** The prompt of a conversation. A last assistant message is continued, not closed. */
  promptTokens(messages: readonly ChatMessage[]): readonly number[];
  /** The bytes that a token adds to the text. */
  tokenBytes(token: number): Uint8Array;
  /** Starts one sequence per choice; all share the prompt. */
  generate(prompt: readonly number[], choices: readonly ChoiceRequest[]): GenerationHandle;
  /** Frees what the model holds. No generation is running any more. */
  close(): Promise<void>;
};

export type ChoiceRequest = {
  readonly maxTokens: number;
  readonly sampling: Sampling;
  readonly random: Random;
  /** How many alternatives are wanted with each token; undefined when no log-probabilities are asked for. */
  readonly topLogprobs: number | undefined;
  /** Prompt tokens found in a cache. Called once, first. */
  onStart(cachedTokens: number): void;
  /** Each generated token, the end-of-turn token included; "stop" ends this choice. */
  onToken(token: GeneratedToken): "continue" | "stop";
  /** Called exactly once, unless cancelled. */
  onEnd(reason: "stop" | "length"): void;
  onError(error: unknown): void;
};

export type GeneratedToken = {
  readonly token: number;
  /** The model has ended its turn; the token has no text. */
  readonly isEnd: boolean;
  /** Natural logarithm of the probability at temperature 1; only when asked for. */
  readonly logprob: number;
  readonly top: readonly { readonly token: number; readonly logprob: number }[];
};

export type GenerationHandle = {
  /** Stops one choice at once; no further call is made for it. May be called twice. */
  cancel(): void;
};
