import type { Amounts } from "./amounts.ts";
import type { CancelSignal } from "./cancellation.ts";
import type { Message } from "./problem.ts";
import type { Result } from "./result.ts";

/** One completion call. The edge implements it over HTTP; tests script it. */
export interface Model {
  /** The upstream's name for the model. */
  readonly name: string;
  readonly capabilities: Capabilities;
  /** An upper bound of what `complete(request)` can cost, whatever the provider does within its `max_tokens`. */
  worstCase(request: CompletionRequest): Amounts;
  /**
   * Order of completions is the provider's choice order. Fewer than `count` come back only when the upstream refused
   * the rest. After cancellation it resolves (never rejects) with `cancelled` and with what the call had cost by then.
   * Whoever implements it may leave `listener` alone: what is said is in the outcome, and only the outcome counts.
   */
  complete(request: CompletionRequest, signal: CancelSignal, listener?: CompletionListener): Promise<CompletionOutcome>;
}

/** Hears completions while they are written. Must not throw, and is told nothing that the outcome leaves out. */
export interface CompletionListener {
  /** They begin, or begin again elsewhere: whatever was told before counts for nothing. */
  begin(): void;
  /** The deltas of one completion in order; those of several interleave. */
  add(delta: CompletionDelta): void;
}

/** A piece of one completion. Fields are absent where the piece has nothing of them. */
export interface CompletionDelta {
  /** Its completion's place in the outcome, from 0. */
  readonly index: number;
  readonly text?: string;
  /** More of a refusal, which is part of the text and comes after all else of it. */
  readonly refusal?: string;
  readonly reasoning?: string;
  readonly toolCall?: ToolCallPiece;
  /** Of the text in this very delta. */
  readonly tokens?: readonly TokenLogprob[];
}

export interface ToolCallPiece {
  /** Among the calls of its completion, from 0, without a gap. */
  readonly position: number;
  /** With the call's first piece, and only there. */
  readonly opening?: { readonly id: string; readonly name: string };
  /** More of the arguments' JSON text. */
  readonly arguments: string;
}

/** `fields`: vLLM's `continue_final_message`. `prefill`: a trailing assistant message alone, where further fields are refused. */
export const CONTINUATIONS = ["fields", "prefill"] as const;

export interface Capabilities {
  /** `n` in one call: honoured, ignored, or to be found out. */
  readonly n: "honoured" | "ignored" | "unknown";
  /** A trailing assistant message is continued instead of answered. */
  readonly continuation: boolean;
  readonly logprobs: boolean;
  /** It does what a prompt of ours asks (critique, rewrite, list); false for a model that only solves its own task. */
  readonly instructions: boolean;
  /** What separates two steps in this model's answers. */
  readonly stepSeparator: string;
  /**
   * Tokens of one step at most, where that is known: a step then reserves so much of the budget and not a whole answer's
   * worth. A longer one is cut there and goes on as a step of its own. Null: the client's `max_tokens`.
   */
  readonly stepTokens: number | null;
  /** Prompt and completion together, in tokens. Absent, here and below: not known, and left to the provider. */
  readonly contextTokens?: number | undefined;
  /** Alternatives per token that it gives at most, 0..20. More are not asked for. */
  readonly topLogprobs?: number | undefined;
  readonly tools?: boolean | undefined;
  /** `response_format` of type `json_schema`. */
  readonly jsonSchema?: boolean | undefined;
  /** Values of `reasoning_effort` that it takes: what is asked for is clipped to them. [] takes none. */
  readonly reasoningEfforts?: readonly string[] | undefined;
  /** It takes `prompt_cache_key` and its kin, or `safety_identifier`. Absent: it is not sent them. */
  readonly promptCacheKey?: boolean | undefined;
  readonly safetyIdentifier?: boolean | undefined;
  /** False: it refuses `seed`, and is not sent one. */
  readonly seed?: boolean | undefined;
  /** How it is told to continue its last message; absent: by vLLM's fields, which others ignore. */
  readonly continuationBy?: (typeof CONTINUATIONS)[number] | undefined;
  /** It wants the reasoning of its earlier turns back (DeepSeek's tool turns fail without). Absent: it is not sent any. */
  readonly reasoningInput?: boolean | undefined;
}

export interface CompletionRequest {
  readonly messages: readonly Message[];
  /** Text of the answer so far, to be continued; "" to start afresh. */
  readonly prefix: string;
  readonly count: number;
  readonly maxTokens: number;
  /** In [0, 2]; undefined leaves it to the provider. */
  readonly temperature: number | undefined;
  readonly topP: number | undefined;
  readonly stop: readonly string[];
  readonly seed: number;
  /** Alternatives per token to ask for, 0..20; null asks for no log-probabilities. */
  readonly topLogprobs: number | null;
  /** Keep every token's log-probability, and not only their sum. */
  readonly keepsTokens?: boolean;
  /** Keep the reasoning beside the answer. */
  readonly keepsReasoning?: boolean;
  /** Anything else of the client's request that the provider should see. */
  readonly forwarded: Readonly<Record<string, unknown>>;
}

export interface Completion {
  readonly text: string;
  readonly ending: "stop" | "length" | "tool-calls" | "content-filter";
  /** The stop sequence that ended it, where the provider tells (vLLM's `stop_reason`); else null. */
  readonly stopSequence: string | null;
  readonly model: string;
  readonly logprobSum: number | null;
  readonly tokenCount: number | null;
  /** Alternatives at the first token with natural-log probabilities; empty where not asked or not given. */
  readonly firstToken: readonly TokenProbability[];
  readonly toolCalls?: readonly unknown[];
  /** Where in the text a refusal begins (OpenAI's `refusal`, which follows or replaces the content). */
  readonly refusalFrom?: number;
  /** Where the request keeps them. */
  readonly tokens?: readonly TokenLogprob[];
  /** What the model thought before it answered: no part of the text. Where the request keeps it. */
  readonly reasoning?: string;
  /** Tokens of that, of the completion's own; absent where the provider does not tell. */
  readonly reasoningTokens?: number;
}

export interface TokenProbability {
  readonly token: string;
  readonly logprob: number;
}

/** A token of the answer. Logs keep many: what can be told from the rest is left out. */
export interface TokenLogprob {
  readonly token: string;
  /** Natural, <= 0; null where the provider gave no finite number. */
  readonly logprob: number | null;
  /** Absent: the UTF-8 of `token`. Null: not known, as the token is a part of a character. */
  readonly bytes?: readonly number[] | null;
  /** Absent: none was asked for, or given. */
  readonly top?: readonly AlternativeLogprob[];
}

export interface AlternativeLogprob extends TokenProbability {
  /** As a token's. */
  readonly bytes?: readonly number[] | null;
}

/** One HTTP call to a provider, metered. */
export interface Attempt {
  readonly provider: string;
  readonly model: string;
  readonly startedAtMs: number;
  readonly headersAtMs: number | null;
  readonly endedAtMs: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
  /** Of the completion tokens; absent where the provider does not tell. */
  readonly reasoningTokens?: number;
  readonly microdollars: number;
  /** True where the provider gave no usage and the figures are our upper bound. */
  readonly isEstimated: boolean;
  readonly outcome: "completed" | "cancelled" | ModelErrorType;
  /** When the first piece of an answer came; null or absent where none did. */
  readonly firstTokenAtMs?: number | null;
  /** The provider's own id of the call (`x-request-id`, or the answer's `id`), for its support; absent where it gives none. */
  readonly providerRequestId?: string;
  /** How it says that its answers ended, each word once ("stop", "eos", "max_output_tokens"); absent where it did not. */
  readonly finishReasons?: readonly string[];
  /** The figures of its usage object under its own names, those of its details included. */
  readonly rawUsage?: Readonly<Record<string, unknown>>;
  /** Made beside a slow call for the same thing. */
  readonly isHedge?: true;
}

export interface CompletionOutcome {
  readonly result: Result<readonly Completion[], ModelError>;
  readonly attempts: readonly Attempt[];
}

export type ModelErrorType = ModelError["type"];

export type ModelError =
  | { readonly type: "cancelled"; readonly message: string }
  | { readonly type: "rate-limited"; readonly message: string; readonly retryAfterMs: number | null }
  /** `retryAfterMs`: how long it will be so, where that is known; 0 where somebody else can be asked at once. */
  | { readonly type: "unavailable"; readonly message: string; readonly retryAfterMs?: number | null }
  | { readonly type: "timeout"; readonly message: string }
  | { readonly type: "malformed"; readonly message: string }
  /** A well-formed reply that does not say what the prompt asked for. */
  | { readonly type: "unparsed"; readonly message: string }
  | { readonly type: "context-length"; readonly message: string }
  | { readonly type: "invalid-request"; readonly message: string }
  | { readonly type: "unauthorized"; readonly message: string }
  | { readonly type: "model-not-found"; readonly message: string };

/** Could the same call succeed if made again? */
export function isRetryable(error: ModelError): boolean {
  switch (error.type) {
    case "rate-limited":
    case "unavailable":
    case "timeout":
    case "malformed":
    case "unparsed":
      return true;
    case "cancelled":
    case "context-length":
    case "invalid-request":
    case "unauthorized":
    case "model-not-found":
      return false;
  }
}

/** What the attempts of one step add up to. Rollouts are counted by the tree, not by the provider. */
export function costOf(attempts: readonly Attempt[]): Amounts {
  let tokens = 0;
  let microdollars = 0;
  for (const attempt of attempts) {
    tokens += attempt.promptTokens + attempt.completionTokens;
    microdollars += attempt.microdollars;
  }
  return { rollouts: 0, calls: attempts.length, tokens, microdollars };
}
