import { index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { StopReason } from "../core/event.ts";
import type { Key } from "../ledger/keys/key.ts";

/** Platform keys. Only the digest of a key is ever stored. */
export const apiKeys = sqliteTable("api_keys", {
  publicId: text("public_id").primaryKey(),
  /** SHA-256 of the whole key, lower-case hex: enough at 256 bits of entropy. */
  digest: text("digest").notNull(),
  tenantId: text("tenant_id").notNull(),
  createdAtMs: integer("created_at_ms").notNull(),
  revokedAtMs: integer("revoked_at_ms"),
  /** The key's settings as JSON; null: one that infers, without any limit of its own. */
  settings: text("settings", { mode: "json" }).$type<KeySettings>(),
});

/** The rest of a key's row: its id and when it was revoked stand beside it. */
export type KeySettings = Omit<Key, "keyId" | "revokedAtMs"> & { readonly name?: string; readonly lastFour?: string };

/** For whoever runs the deployment to list; a tenant's own object is the authority. */
export const tenants = sqliteTable("tenants", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  createdAtMs: integer("created_at_ms").notNull(),
});

/** One row per ended search: what usage pages and exports read. The log itself stays with the search's object. */
export const searches = sqliteTable(
  "searches",
  {
    id: text("id").primaryKey(),
    tenantId: text("tenant_id").notNull(),
    model: text("model").notNull(),
    method: text("method").notNull(),
    /** `deleted`: nothing of it is here any more, and nothing that comes late is taken. */
    state: text("state", { enum: ["completed", "failed", "cancelled", "deleted"] }).notNull(),
    stopReason: text("stop_reason").$type<StopReason>().notNull(),
    answer: text("answer"),
    /** In [0, 1]; null where nothing judged the answer. */
    score: real("score"),
    rollouts: integer("rollouts").notNull(),
    calls: integer("calls").notNull(),
    promptTokens: integer("prompt_tokens").notNull(),
    completionTokens: integer("completion_tokens").notNull(),
    microdollars: integer("microdollars").notNull(),
    seed: integer("seed").notNull(),
    /** The Recipe as JSON. */
    recipe: text("recipe").notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
    endedAtMs: integer("ended_at_ms").notNull(),
    /** Whose lease it spent under; null for a search from before there were leases. */
    keyId: text("key_id"),
  },
  (table) => [index("searches_by_tenant").on(table.tenantId, table.createdAtMs)],
);

/**
 * Searches that have been started and are not told of yet: what the sweeper looks after, and what a tenant's list of
 * running ones begins with. Small at any time, hence without an index. The search's object has the last word.
 */
export const runningSearches = sqliteTable("running_searches", {
  id: text("id").primaryKey(),
  tenantId: text("tenant_id").notNull(),
  createdAtMs: integer("created_at_ms").notNull(),
});

/** Completed candidates of a search. Reached through their search, which carries the tenant. */
export const candidates = sqliteTable(
  "candidates",
  {
    searchId: text("search_id").notNull(),
    nodeId: text("node_id").notNull(),
    text: text("text").notNull(),
    answerClass: text("answer_class"),
    score: real("score"),
    /** What kind of judgement `score` is. */
    scoreKind: text("score_kind", { enum: ["estimate", "verdict", "veto"] }),
    repeats: integer("repeats").notNull(),
    isAnswer: integer("is_answer", { mode: "boolean" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.searchId, table.nodeId] })],
);

/** Provider calls of a search, each metered exactly once (I6): `index` is its place in the search's log. */
export const attempts = sqliteTable(
  "attempts",
  {
    searchId: text("search_id").notNull(),
    index: integer("index").notNull(),
    provider: text("provider").notNull(),
    model: text("model").notNull(),
    startedAtMs: integer("started_at_ms").notNull(),
    headersAtMs: integer("headers_at_ms"),
    firstTokenAtMs: integer("first_token_at_ms"),
    endedAtMs: integer("ended_at_ms").notNull(),
    promptTokens: integer("prompt_tokens").notNull(),
    completionTokens: integer("completion_tokens").notNull(),
    cachedTokens: integer("cached_tokens").notNull(),
    microdollars: integer("microdollars").notNull(),
    isEstimated: integer("is_estimated", { mode: "boolean" }).notNull(),
    outcome: text("outcome").notNull(),
    /** The provider's own id of the call. */
    providerRequestId: text("provider_request_id"),
    /** Made beside a slow call for the same thing. */
    isHedge: integer("is_hedge", { mode: "boolean" }),
    /** Of the completion tokens; null where the provider does not tell. */
    reasoningTokens: integer("reasoning_tokens"),
    /** JSON: the provider's own words for how its answers ended. */
    finishReasons: text("finish_reasons", { mode: "json" }).$type<readonly string[]>(),
    /** JSON: the figures of its usage object under its own names. */
    rawUsage: text("raw_usage", { mode: "json" }).$type<Readonly<Record<string, unknown>>>(),
  },
  (table) => [primaryKey({ columns: [table.searchId, table.index] })],
);

/**
 * The list of stored chat completions; what they say stays with their search's object. A row is never removed: once it
 * is deleted, its metadata is null, and a delivery that comes late finds a revision above its own.
 */
export const storedCompletions = sqliteTable(
  "stored_completions",
  {
    searchId: text("search_id").primaryKey(),
    tenantId: text("tenant_id").notNull(),
    /** As the client named it. */
    model: text("model").notNull(),
    metadata: text("metadata", { mode: "json" }).$type<Readonly<Record<string, string>>>(),
    /** Of the metadata, from 1. */
    revision: integer("revision").notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
  },
  (table) => [index("stored_completions_by_tenant").on(table.tenantId, table.createdAtMs, table.searchId)],
);
