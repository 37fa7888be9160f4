import type { StopReason } from "../../src/core/event.ts";
import type { ModelErrorType } from "../../src/core/model.ts";
import type { Ending, Form } from "../../src/core/thought.ts";
import type { SearchState } from "../../src/db/state.ts";
import type { Recipe } from "../../src/recipe.ts";
import type { Reply } from "../../src/search-object.ts";
import type { LeaseView, LeaseWish } from "../tenant/protocol.ts";

/** A lease on its way from the tenant's object to the search's. */
export interface GrantedLease {
  /** Name of the tenant's object. */
  readonly tenantCode: string;
  readonly keyId: string;
  readonly wish: LeaseWish;
  readonly view: LeaseView;
  /** By the clock of whoever asked for it; not after the tenant's own. */
  readonly expiresAtMs: number;
}

/**
 * What crosses between the API and a search's object. Plain, concrete and additive only: during a deploy both sides run
 * different versions for a while. Values whose shape is open travel as JSON text (`unknown` in an RPC result is TS2589).
 */
export interface StartInput {
  readonly searchId: string;
  readonly tenantId: string;
  readonly recipe: Recipe;
  /**
   * The Problem as UTF-8 JSON. A call may carry 32 MiB, and a string with a single character outside Latin-1 takes two
   * bytes for each of its own: 20 MB of text with one emoji would not pass.
   */
  readonly problemJson: Uint8Array;
  readonly createdAtMs: number;
  /** Of the tenant's own providers (`OwnModels`) that the recipe was made with; absent or 0 where it has none. */
  readonly ownRevision?: number;
  /** What it spends under; absent where nobody counts. */
  readonly lease?: GrantedLease;
  /** What the API wants to find again beside the search, as JSON of less than 1 MB; absent for nothing. */
  readonly keptJson?: string;
  /** Puts it into the list of stored completions once it has an answer; absent: what is kept is found by its id alone. */
  readonly listing?: ListingEntry;
  /** Where a repetition of this request can find the search by its id; absent where none can. */
  readonly arrival?: {
    /** `first`: the id must be new. `keyed`: it may be the same request's. */
    readonly type: "first" | "keyed";
    /** How often the client has sent it before. */
    readonly attempt: number;
    readonly requestHash: string;
  };
}

/** A search that something was kept beside, and how it stands. */
export interface KeptSearch {
  readonly keptJson: string;
  readonly summary: SearchSummary;
  /** Absent where it is in no list. */
  readonly listing?: ListingEntry;
}

/** What a stored completion is found by. */
export interface ListingEntry {
  /** As the client named it. */
  readonly model: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export type StartOutcome =
  /** `createdAtMs` of a search that was there before. */
  | { readonly ok: true; readonly createdAtMs?: number }
  | {
      readonly ok: false;
      readonly message: string;
      readonly param: string;
      /** The id is another search's. */
      readonly conflict?: "taken" | "other-request";
    };

/** A search as its client is told of it. */
export interface SearchSummary {
  readonly id: string;
  readonly state: SearchState;
  readonly model: string;
  readonly method: string;
  readonly seed: number;
  /** Null while it runs. */
  readonly stopReason: StopReason | null;
  readonly createdAtMs: number;
  readonly endedAtMs: number | null;
  readonly wallMs: number;
  readonly rollouts: number;
  /** Of the whole search: every call, failed and cancelled ones included. */
  readonly spent: SpentView;
  /** Distinct candidates, the answer first, then by falling score; without a search the samples as they came. Empty
   * while there is none. */
  readonly answers: readonly AnswerView[];
  /** Why there is no answer. */
  readonly error: ErrorView | null;
  readonly clamped: readonly string[];
  readonly note: string | null;
  /** Who scored the candidates, in the order of the recipe; empty where nobody did. */
  readonly verifiers: readonly string[];
  /** How the served answer was chosen: a selection's name, null for the method's own. */
  readonly selection: string | null;
  /** What it was chosen by; null while there is none. */
  readonly selectionScore: number | null;
  /** What the search itself makes of the served answer: the node's backed-up value; null while there is none. */
  readonly value: number | null;
  readonly promptHashes: Readonly<Record<string, string>>;
  readonly emulated: readonly string[];
  /** Of the candidates, in [0, 2]; null: the provider's own. */
  readonly temperature?: number | null;
  readonly onBudget?: "best" | "error";
  readonly reply?: Reply;
  /** What each part of the work cost; together they are `spent`. */
  readonly spentByPart?: Readonly<Record<SearchPart, SpentView>>;
  /** The tree, where `reply.trace` asks for it in the answer. */
  readonly nodes?: readonly NodeView[];
}

/**
 * `generate`: the calls that wrote the served answer. `judge`: verifications and comparisons. `discarded`: all other
 * proposals, failed ones included. `cancelled`: calls that were aborted, whatever for.
 */
export type SearchPart = "generate" | "judge" | "discarded" | "cancelled";

export interface SpentView {
  readonly calls: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
  readonly microdollars: number;
}

export interface AnswerView {
  readonly nodeId: string;
  readonly text: string;
  readonly ending: Ending;
  /** JSON of OpenAI's `tool_calls`; null when it calls none. */
  readonly toolCallsJson: string | null;
  /** Prompt of one call plus this text: what the answer alone would have cost. */
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly score: ScoreView | null;
  /** Of the prompt's tokens, those that the provider had in its cache. Absent in older objects, as is what follows. */
  readonly cachedTokens?: number;
  /** Of the completion's tokens; absent where the provider does not tell. */
  readonly reasoningTokens?: number;
  /** Where in the text a refusal begins; absent where there is none. */
  readonly refusalFrom?: number;
  /** JSON of `TokenLogprob[]`, of the whole text; absent where they were not asked for. */
  readonly tokensJson?: string;
  /** Absent where it was not asked for, or there was none. */
  readonly reasoning?: string;
}

export interface ScoreView {
  readonly value: number;
  readonly kind: "estimate" | "verdict" | "veto";
  readonly reason: string;
  readonly verifier: string;
}

export interface ErrorView {
  readonly type: ModelErrorType;
  readonly message: string;
  readonly retryAfterMs: number | null;
  /** Who said so; "" where nobody was reached. */
  readonly provider: string;
}

/** The summary with its tree. */
export interface SearchReport extends SearchSummary {
  readonly nodes: readonly NodeView[];
}

export interface NodeView {
  readonly id: string;
  /** Null for the root. */
  readonly parentId: string | null;
  readonly depth: number;
  readonly text: string;
  /** What it was proposed as: "step", "critique", ...; "" for the root. */
  readonly role: string;
  readonly form: Form;
  readonly isTerminal: boolean;
  readonly visits: number;
  /** Q in [0, 1] by the method's back-up family; 0 before the first visit. */
  readonly value: number;
  readonly repeats: number;
  readonly score: ScoreView | null;
  readonly inFlight: number;
}
