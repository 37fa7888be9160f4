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
   */
  complete(request: CompletionRequest, signal: CancelSignal): Promise<CompletionOutcome>;
}

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
}

export interface TokenProbability {
  readonly token: string;
  readonly logprob: number;
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
  readonly microdollars: number;
  /** True where the provider gave no usage and the figures are our upper bound. */
  readonly isEstimated: boolean;
  readonly outcome: "completed" | "cancelled" | ModelErrorType;
}

export interface CompletionOutcome {
  readonly result: Result<readonly Completion[], ModelError>;
  readonly attempts: readonly Attempt[];
}

export type ModelErrorType = ModelError["type"];

export type ModelError =
  | { readonly type: "cancelled"; readonly message: string }
  | { readonly type: "rate-limited"; readonly message: string; readonly retryAfterMs: number | null }
  | { readonly type: "unavailable"; readonly message: string }
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
