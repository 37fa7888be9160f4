import { type ErrorName, SEARCH_ERRORS } from "./errors.ts";
import type { JsonSchema } from "./schema.ts";

/** What one method of one path is for; the parts that every operation has in common are not said here. */
export interface Operation {
  readonly summary: string;
  readonly description?: string;
  /** A name among the document's schemas. */
  readonly body?: string;
  readonly query?: Readonly<Record<string, JsonSchema>>;
  /** Schema by media type; null is text of no schema. */
  readonly answer: Readonly<Record<string, string | null>>;
  readonly errors: readonly ErrorName[];
  /** Of the answer, where it is not 200. */
  readonly status?: 202;
  /** Takes `X-Search` and the headers beside it. */
  readonly isSearch?: true;
}

const json = (schema: string) => ({ "application/json": schema });
const SSE = "text/event-stream";
const sequence = { type: "integer", minimum: 0 };
const page = {
  limit: { type: "integer", minimum: 1, maximum: 100, default: 20 },
  order: { enum: ["asc", "desc"], default: "asc" },
  after: { type: "string" },
};

/** By method and path, without the strategy that a path may begin with. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  "POST /chat/completions": {
    summary: "Create a chat completion",
    description:
      "OpenAI's request and answer. How it is searched is said in `search`, in the headers `X-Search*`, in `metadata`, by the model's suffix (`model:deep`), in the path, or by `reasoning_effort`; in that order, field by field. Parameters that are not known are ignored, and every optional one may be null.",
    body: "ChatCompletionRequest",
    answer: { ...json("ChatCompletion"), [SSE]: "ChatCompletionChunk" },
    errors: SEARCH_ERRORS,
    isSearch: true,
  },
  "GET /chat/completions": {
    summary: "List stored chat completions",
    description:
      "Those created with `store: true`, by creation. `metadata[key]=value` as often as wanted: all of them must be there. The list may lag by moments.",
    query: {
      ...page,
      model: { type: "string" },
      metadata: { type: "object", additionalProperties: { type: "string" } },
    },
    answer: json("StoredCompletionList"),
    errors: ["invalid-parameter"],
  },
  "GET /chat/completions/{id}": {
    summary: "Get a stored chat completion",
    description: "As it was answered, once it has been. Without `store: true` there is none.",
    answer: json("StoredCompletion"),
    errors: ["completion-not-found"],
  },
  "POST /chat/completions/{id}": {
    summary: "Update a stored chat completion",
    description: "Replaces its metadata as a whole.",
    body: "CompletionUpdate",
    answer: json("StoredCompletion"),
    errors: ["body-too-large", "invalid-json", "unsupported-body", "invalid-parameter", "completion-not-found"],
  },
  "DELETE /chat/completions/{id}": {
    summary: "Delete a stored chat completion",
    description: "With its search.",
    answer: json("CompletionDeleted"),
    errors: ["completion-not-found"],
  },
  "GET /chat/completions/{id}/messages": {
    summary: "List what a stored chat completion was asked",
    query: page,
    answer: json("StoredMessageList"),
    errors: ["invalid-parameter", "completion-not-found"],
  },
  "GET /chat/completions/{id}/search": {
    summary: "Get the search of a chat completion with its tree",
    description: "Of every own completion, stored or not, also while it is being searched for: `search.trace_url`.",
    answer: json("Search"),
    errors: ["search-not-found"],
  },
  "POST /search/estimate": {
    summary: "Estimate a search",
    description:
      "What the same body would come to as a chat completion: nothing is asked of any provider, and nothing is spent. `plan` is an upper bound where no call has to be repeated, null where the answers decide how many calls there are; `worst_case` is never passed.",
    body: "ChatCompletionRequest",
    answer: json("SearchEstimate"),
    errors: ["body-too-large", "invalid-json", "unsupported-body", "invalid-parameter", "model-not-found"],
    isSearch: true,
  },
  "POST /completions": {
    summary: "Create a legacy completion",
    description:
      "One prompt, answered as a chat completion would be. `best_of` is how many answers the search may try. `echo`, `suffix` and `logprobs` are refused.",
    body: "CompletionRequest",
    answer: { ...json("TextCompletion"), [SSE]: "TextCompletion" },
    errors: SEARCH_ERRORS,
    isSearch: true,
  },
  "POST /responses": {
    summary: "Create a response",
    description: "OpenAI's Responses API: streamed, in the background, or going on from an earlier response.",
    body: "ResponseRequest",
    answer: { ...json("Response"), [SSE]: null },
    errors: [...SEARCH_ERRORS, "response-not-found"],
    isSearch: true,
  },
  "GET /responses/{id}": {
    summary: "Get a response",
    description: "With `stream=true` its events, those after `starting_after`.",
    query: { stream: { type: "boolean" }, starting_after: sequence },
    answer: { ...json("Response"), [SSE]: null },
    errors: ["invalid-parameter", "response-not-found"],
  },
  "DELETE /responses/{id}": {
    summary: "Delete a response",
    description: "With its search.",
    answer: json("ResponseDeleted"),
    errors: ["response-not-found"],
  },
  "POST /responses/{id}/cancel": {
    summary: "Cancel a response in the background",
    description: "Answers with the best so far. Cancelling what has ended changes nothing.",
    answer: json("Response"),
    errors: ["response-not-found", "response-not-in-background"],
  },
  "GET /responses/{id}/input_items": {
    summary: "List what a response was asked",
    query: { ...page, order: { ...page.order, default: "desc" } },
    answer: json("List"),
    errors: ["invalid-parameter", "response-not-found"],
  },
  "GET /responses/{id}/search": {
    summary: "Get the search of a response with its tree",
    description: "Of every own response, stored or not, also while it is being searched for: `search.trace_url`.",
    answer: json("Search"),
    errors: ["search-not-found"],
  },
  "GET /models": {
    summary: "List the models",
    description: "Every model, and every preset of it as an id of its own.",
    answer: json("ModelList"),
    errors: [],
  },
  "GET /models/{id}": {
    summary: "Get a model",
    description: "Ids contain `/` and `:`; raw or percent-encoded.",
    answer: json("Model"),
    errors: ["model-not-found"],
  },
  "POST /searches": {
    summary: "Start a search in the background",
    description:
      "A chat completion's request; the answer is the search as it begins. Its completion is stored unless `store` is false. `background: true` in a chat completion's request, or in its `search`, does the same.",
    body: "ChatCompletionRequest",
    answer: json("Search"),
    status: 202,
    errors: SEARCH_ERRORS,
    isSearch: true,
  },
  "GET /searches": {
    summary: "List your searches",
    description: "Those that run and those that have ended, newest first.",
    query: {
      limit: page.limit,
      after: page.after,
      state: { enum: ["running", "ended", "completed", "failed", "cancelled"] },
    },
    answer: json("List"),
    errors: ["invalid-parameter"],
  },
  "GET /searches/{id}": {
    summary: "Get a search with its tree",
    answer: json("Search"),
    errors: ["search-not-found"],
  },
  "POST /searches/{id}/cancel": {
    summary: "Cancel a search",
    description: "Ends it with its best so far, and answers when it has ended.",
    answer: json("Search"),
    errors: ["search-not-found"],
  },
  "DELETE /searches/{id}": {
    summary: "Delete a search",
    description: "With its tree, its archive, its rows and its stored completion; one that runs is ended.",
    answer: json("SearchDeleted"),
    errors: ["search-not-found"],
  },
  "GET /searches/{id}/events": {
    summary: "Watch a search",
    description: "Its log from `from` on, replayed and then live: one JSON event per line, or server-sent events.",
    query: { from: { ...sequence, default: 0 } },
    answer: { "application/x-ndjson": "SearchEvent", [SSE]: "SearchEvent" },
    errors: ["invalid-parameter", "search-not-found"],
  },
  "GET /searches/{id}/tree": {
    summary: "Get a search's tree",
    description: "Drawn as text; its canonical dump for those who accept only JSON.",
    answer: { "text/plain": null, "application/json": "SearchTree" },
    errors: ["search-not-found"],
  },
  "GET /searches/{id}/attempts": {
    summary: "List a search's calls",
    description:
      "Every call to a provider, a scorer or a webhook, also failed, cancelled and hedged ones: tokens, cost, times, the provider's own id and words.",
    answer: json("List"),
    errors: ["search-not-found"],
  },
  "GET /health": { summary: "Say that the service is up", answer: json("Health"), errors: [] },
  "GET /openapi.json": { summary: "Get this document", answer: json("OpenApiDocument"), errors: [] },
  "GET /docs": { summary: "Read this document", answer: { "text/html": null }, errors: [] },
};
