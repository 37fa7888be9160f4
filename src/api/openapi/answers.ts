import type { JsonSchema } from "./schema.ts";

/** What is answered. OpenAI's own objects are described as far as clients rely on them, and with what we add to them. */

const text = { type: "string" };
const integer = { type: "integer" };
const number = { type: "number" };
const nullable = (type: string) => ({ type: [type, "null"] });
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const listOf = (items: JsonSchema) => ({ type: "array", items });
const objectOf = (properties: JsonSchema, optional: readonly string[] = []) => ({
  type: "object",
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});

const completionFields = { id: text, created: { ...integer, description: "Unix seconds." }, model: text };
const finishReason = { enum: ["stop", "length", "tool_calls", "content_filter", "function_call"] };

const chatCompletion = {
  ...completionFields,
  object: { const: "chat.completion" },
  choices: listOf(
    objectOf({
      index: integer,
      finish_reason: finishReason,
      message: objectOf(
        {
          role: { const: "assistant" },
          content: nullable("string"),
          refusal: nullable("string"),
          tool_calls: listOf({ type: "object" }),
          reasoning_content: { ...text, description: "With `include_reasoning`; `reasoning` is the same." },
          reasoning: text,
        },
        ["tool_calls", "reasoning_content", "reasoning"],
      ),
      logprobs: { type: ["object", "null"], description: "`content` and `refusal`: lists of tokens, or null." },
    }),
  ),
  usage: ref("Usage"),
  search: ref("SearchBlock"),
  metadata: { type: "object", additionalProperties: text, description: "Of what is stored." },
};

/** `after` takes the last id of the page before. */
const pageOf = (items: JsonSchema) =>
  objectOf({
    object: { const: "list" },
    data: listOf(items),
    first_id: text,
    last_id: text,
    has_more: { type: "boolean" },
  });

const spent = objectOf({
  prompt_tokens: integer,
  completion_tokens: integer,
  cached_tokens: integer,
  model_calls: integer,
});

const planned = objectOf({
  model_calls: integer,
  total_tokens: integer,
  cost_usd: number,
  critical_path_calls: { ...integer, description: "Calls that have to wait for one another." },
});

export const ANSWER_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  SearchEstimate: objectOf({
    object: { const: "search.estimate" },
    model: { type: "string" },
    method: { type: "string" },
    verifiers: { type: "array", items: { type: "string" } },
    max_parallel: integer,
    budget: {
      type: "object",
      description: "The limits that the search would keep to, those it was not asked for included.",
    },
    first_call: objectOf({ total_tokens: integer, cost_usd: number }),
    plan: { anyOf: [planned, { type: "null" }] },
    worst_case: planned,
    clamped: { type: "array", items: { type: "string" } },
    note: { type: ["string", "null"] },
  }),
  Usage: {
    description: "The standard fields are about the returned answer; `cost` (USD) and `search` are the whole search.",
    ...objectOf(
      {
        prompt_tokens: integer,
        completion_tokens: integer,
        total_tokens: integer,
        prompt_tokens_details: objectOf({ cached_tokens: integer }),
        completion_tokens_details: objectOf({ reasoning_tokens: integer }),
        cost: number,
        search: spent,
      },
      ["completion_tokens_details"],
    ),
  },
  SearchBlock: {
    description: "What the search did for this answer.",
    ...objectOf(
      {
        id: text,
        method: text,
        rollouts: integer,
        model_calls: integer,
        wall_ms: integer,
        stop_reason: nullable("string"),
        verifier: { ...text, description: "'none' where nothing could tell better from worse." },
        score: { ...nullable("number"), description: "In [0, 1]." },
        clamped: { type: "array", description: "What was above a ceiling and has been lowered." },
        degraded: { type: "boolean" },
        note: nullable("string"),
        candidates: { type: "array", items: { type: "object" } },
        trace: {
          type: "array",
          items: { type: "object" },
          description: "The tree, where `return.trace` asks for it; without texts as a summary.",
        },
        trace_url: text,
      },
      ["candidates", "trace"],
    ),
  },
  TextCompletion: objectOf(
    {
      ...completionFields,
      object: { const: "text_completion" },
      choices: listOf(
        objectOf({
          text,
          index: integer,
          logprobs: {
            type: ["object", "null"],
            description: "The older shape: `tokens`, `token_logprobs`, `top_logprobs`, `text_offset`.",
          },
          finish_reason: {
            enum: [...finishReason.enum, null],
            description: "Null in all chunks but an answer's last.",
          },
        }),
      ),
      usage: ref("Usage"),
      search: ref("SearchBlock"),
    },
    ["usage", "search"],
  ),
  ChatCompletion: objectOf(chatCompletion, ["metadata"]),
  StoredCompletion: objectOf(chatCompletion),
  StoredCompletionList: pageOf(ref("StoredCompletion")),
  StoredMessageList: pageOf(
    objectOf(
      {
        id: text,
        role: text,
        content: nullable("string"),
        name: nullable("string"),
        refusal: nullable("string"),
        tool_calls: listOf({ type: "object" }),
        tool_call_id: text,
        content_parts: { type: ["array", "null"], items: { type: "object" }, description: "Where it came in parts." },
      },
      ["tool_calls", "tool_call_id"],
    ),
  ),
  CompletionDeleted: objectOf({ id: text, object: { const: "chat.completion.deleted" }, deleted: { const: true } }),
  ChatCompletionChunk: {
    description: "One `data:` line of a stream; `search` is on the last with choices. After the last: `data: [DONE]`.",
    ...objectOf(
      {
        ...completionFields,
        object: { const: "chat.completion.chunk" },
        choices: listOf(
          objectOf({
            index: integer,
            delta: { type: "object" },
            logprobs: { type: ["object", "null"] },
            finish_reason: { anyOf: [finishReason, { type: "null" }] },
          }),
        ),
        usage: { anyOf: [ref("Usage"), { type: "null" }] },
        search: ref("SearchBlock"),
      },
      ["usage", "search"],
    ),
  },
  Response: objectOf({
    id: text,
    object: { const: "response" },
    created_at: integer,
    status: { enum: ["queued", "in_progress", "completed", "incomplete", "failed", "cancelled"] },
    model: text,
    output: listOf({ type: "object" }),
  }),
  ResponseDeleted: objectOf({ id: text, object: text, deleted: { const: true } }),
  List: objectOf({ object: { const: "list" }, data: listOf({ type: "object" }) }),
  Model: objectOf({
    id: text,
    object: { const: "model" },
    created: integer,
    owned_by: text,
    description: nullable("string"),
  }),
  ModelList: objectOf({ object: { const: "list" }, data: listOf(ref("Model")) }),
  Search: objectOf({
    id: text,
    object: { const: "search" },
    state: text,
    model: text,
    method: text,
    seed: integer,
    created: integer,
    ended: nullable("integer"),
    stop_reason: nullable("string"),
    answer: nullable("string"),
    score: nullable("number"),
    rollouts: integer,
    tree: listOf({ type: "object" }),
  }),
  SearchDeleted: objectOf({ id: text, object: { const: "search.deleted" }, deleted: { const: true } }),
  SearchEvent: { type: "object", description: "One event of the search's log; they come in the order of `sequence`." },
  SearchTree: { type: "object", description: "The tree's canonical dump." },
  OpenApiDocument: { type: "object", description: "OpenAPI 3.1." },
  Health: objectOf({ status: { const: "ok" } }),
};
