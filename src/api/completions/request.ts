import { z } from "zod";
import { fail, type Result, succeed } from "../../core/result.ts";
import { issueToError } from "../chat-completions/issue.ts";
import { type ChatRequest, chatRequestSchema, parseChatRequest } from "../chat-completions/request.ts";
import type { ApiError } from "../errors.ts";

/**
 * What a legacy completion has in common with a chat completion, whose cap on tokens it shares as well: OpenAI's own
 * default of 16 is too short for an answer. `best_of` is read where all is read that speaks of the search.
 */
export const SHARED = [
  "model",
  "max_tokens",
  "temperature",
  "top_p",
  "n",
  "stop",
  "seed",
  "stream",
  "stream_options",
  "frequency_penalty",
  "presence_penalty",
  "logit_bias",
  "top_k",
  "min_p",
  "repetition_penalty",
] as const;

/** One prompt: each of several would be a search of its own, and token ids mean nothing without their tokenizer. */
const PROMPT_ERROR = "expected a string or an array of one string";

const { shape } = chatRequestSchema;

export const completionRequestSchema = z.looseObject({
  model: shape.model,
  prompt: z.union([z.string(), z.array(z.string()).length(1)], { error: PROMPT_ERROR }),
  n: shape.n,
  best_of: z.int().min(1).nullish(),
  echo: z.boolean().nullish(),
  suffix: z.string().nullish(),
  /** Alternatives to each token: OpenAI's own limit is 5, other servers go on to 20. */
  logprobs: z.int().min(0).max(20).nullish(),
  max_tokens: shape.max_tokens,
  temperature: shape.temperature,
  top_p: shape.top_p,
  stop: shape.stop,
  seed: shape.seed,
  stream: shape.stream,
  stream_options: shape.stream_options,
});

/** A legacy completion as the chat completion that it means. */
export function parseCompletionRequest(input: Record<string, unknown>): Result<ChatRequest, ApiError> {
  const parsed = completionRequestSchema.safeParse(input);
  if (!parsed.success) return fail(issueToError(parsed.error.issues[0], input));
  const { prompt, n, best_of, logprobs } = parsed.data;
  const refused = unsupported(parsed.data);
  if (refused !== null) return fail(refused);
  if (best_of != null && best_of < (n ?? 1)) {
    const message = "Invalid 'best_of': it must not be less than 'n'.";
    return fail({ type: "invalid-parameter", code: "integer_below_min_value", message, param: "best_of" });
  }
  const content = typeof prompt === "string" ? prompt : prompt.join("");
  const shared = Object.fromEntries(SHARED.map((name) => [name, input[name]]));
  const chat = parseChatRequest({
    ...shared,
    messages: [{ role: "user", content }],
    ...(logprobs != null && { logprobs: true, top_logprobs: logprobs }),
  });
  return chat.ok ? succeed({ ...chat.value, body: input }) : chat;
}

function unsupported({ echo, suffix }: z.infer<typeof completionRequestSchema>): ApiError | null {
  const asked = { echo: echo === true, suffix: (suffix ?? "") !== "" };
  const param = Object.entries(asked).find(([, isAsked]) => isAsked)?.[0];
  if (param === undefined) return null;
  const message = `Unsupported parameter: '${param}' is not supported with search.`;
  return { type: "invalid-parameter", code: "unsupported_parameter", message, param };
}
