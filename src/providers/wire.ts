import type { Capabilities, CompletionRequest } from "../core/model.ts";
import type { Message } from "../core/problem.ts";
import type { Chunk } from "./chunk.ts";

/**
 * How one kind of upstream is spoken to: what is posted where, and what the events of its answer mean. Everything else
 * (slots, timeouts, bounds, metering, errors by status, several samples) is the same for all, in `openai/`. One folder
 * each, listed in `index.ts`; `tests/contracts/provider.ts` says what every one owes.
 */
export interface Wire {
  /** Below the base URL: "/chat/completions". */
  readonly path: string;
  /** Whether one call can bring several choices at all. */
  readonly takesCount: boolean;
  /** A lower `max_tokens` is refused there, and raised to this. */
  readonly leastMaxTokens: number;
  /** The body of one call. Always streamed: headers then come at once (PLATFORM.md, A2). */
  bodyOf(call: WireCall): Record<string, unknown>;
  /** For one call. */
  createReader(call: WireCall): Reader;
}

export interface WireCall {
  readonly request: CompletionRequest;
  /** The request's messages and what has been said of the answer so far, as this model is to be told them. */
  readonly messages: readonly Message[];
  /** The request's other fields, without those that a call decides by itself, as this model takes them. */
  readonly forwarded: Readonly<Record<string, unknown>>;
  /** The model's name there. */
  readonly upstream: string;
  readonly capabilities: Capabilities;
  /** Choices, >= 1; 1 where the wire takes no count. */
  readonly count: number;
  readonly seed: number;
}

/** Told every event once, in order; the event is what stood in `data:`, parsed. Null where it is no JSON object. */
export type Reader = (event: unknown) => Chunk | null;
