import type { Capabilities } from "../core/model.ts";

/** A place that serves models over OpenAI's wire format. */
export interface ProviderConfig {
  /** Short name for metering and messages: "local", "openrouter". */
  readonly name: string;
  /** Up to and including the version segment, e.g. "http://127.0.0.1:8790/v1". */
  readonly baseUrl: string;
  readonly apiKey: string | null;
  readonly models: readonly ModelConfig[];
  /** From the grant of a header slot to the response headers. */
  readonly headerTimeoutMs: number;
  /** Longest silence inside a streamed body. */
  readonly idleTimeoutMs: number;
}

export interface ModelConfig {
  /** What clients ask for: "espalier/24". Must avoid the substrings of WIRE.md decision 10. */
  readonly id: string;
  /** What the provider calls it: "espalier-24". */
  readonly upstream: string;
  readonly description: string | null;
  readonly capabilities: Capabilities;
  readonly price: Price;
  /** The judge's question for this model (see verifiers/judge); null takes the general one. */
  readonly judgePrompt: string | null;
}

/** Microdollars per million tokens, as integers; 0 for a model of one's own. */
export interface Price {
  readonly promptMicrodollarsPerMillion: number;
  readonly completionMicrodollarsPerMillion: number;
}
