import type { Capabilities, Completion } from "../../../src/core/model.ts";
import type { AdapterName } from "../../../src/providers/adapter.ts";
import type { Action } from "../../upstream/index.ts";

/** What an upstream says in one call, whatever words it has for it. */
export interface Said {
  readonly choices: readonly SaidChoice[];
  /** Null: nothing is said of it. The figures may be nonsense. */
  readonly usage: SaidUsage | null;
}

export interface SaidChoice {
  /** One event each. */
  readonly pieces: readonly string[];
  /** Null: the stream just ends. */
  readonly ending: Completion["ending"] | null;
  readonly reasoning?: readonly string[];
  readonly refusal?: readonly string[];
  readonly calls?: readonly SaidCall[];
  /** One for each piece. */
  readonly logprobs?: readonly SaidToken[];
}

export interface SaidCall {
  readonly id: string;
  readonly name: string;
  readonly pieces: readonly string[];
}

export interface SaidToken {
  readonly token: string;
  readonly logprob: number;
  readonly top_logprobs: readonly { readonly token: string; readonly logprob: number }[];
}

export interface SaidUsage {
  readonly prompt: unknown;
  readonly completion: unknown;
  readonly cached?: unknown;
  readonly reasoning?: unknown;
}

/** What an adapter's upstream may not be able to say, or to be told. */
export type Feature = "calls" | "refusal" | "content-filter" | "logprobs" | "reasoning" | "cached" | "count" | "stop";

/** An upstream of one kind: one line of tests/providers/dialects/index.ts, and the whole contract runs. */
export interface Dialect {
  readonly name: string;
  readonly adapter: AdapterName;
  readonly capabilities?: Partial<Capabilities>;
  readonly lacks: readonly Feature[];
  /** The path that calls must come by. */
  readonly path: string;
  /** The field of the body in which it is told how many tokens may come, and the least that it takes. */
  readonly limit: { readonly field: string; readonly least: number };
  /** A whole 200 answer, headers first. */
  say(said: Said): readonly Action[];
  /** Its own words for how an answer ended. */
  readonly endings: Readonly<Record<Completion["ending"], string>>;
  /** An error that it tells in the middle of its stream. */
  errorEvent(message: string): Action;
  /** An error with a status. */
  refuse(status: number, message: string, headers?: Readonly<Record<string, string>>): readonly Action[];
}
