import { z } from "zod";
import type { Sampling } from "../../core/policy.ts";
import type { Problem } from "../../core/problem.ts";
import { fail, type Result, succeed } from "../../core/result.ts";
import type { ApiError } from "../errors.ts";
import { responsesBodyToChatBody } from "../responses/request.ts";
import { besideFault, besideFields, besideOf } from "./beside-answer.ts";
import { issueToError } from "./issue.ts";
import { functionsToTools, legacyFields, withToolIds } from "./legacy-functions.ts";
import { messageFault, messageSchema, toMessage } from "./messages.ts";
import { forwardedOf, parameterFields, unsupportedParameter } from "./parameters.ts";
import { toolFault } from "./tools.ts";

/** A chat-completions request as we understand it. */
export interface ChatRequest {
  readonly model: string;
  readonly problem: Problem;
  readonly sampling: Sampling;
  /** Null: the service draws one. */
  readonly seed: number | null;
  /** Answers wanted, >= 1. */
  readonly count: number;
  readonly isStream: boolean;
  /** Nobody waits: what is answered is the search as it begins. */
  readonly isBackground: boolean;
  readonly hasUsageChunk: boolean;
  /** Tools were asked for as `functions`: calls are answered as `function_call`. */
  readonly isLegacy: boolean;
  /** As it came, for what it says about the search in one way or another: read and checked where a search is started. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Per candidate where the client sets no cap: promptfoo's own default, and enough for most answers. */
const DEFAULT_MAX_TOKENS = 1024;

/**
 * Lenient: every optional parameter may be null, and parameters that we do not know are ignored, since clients send all
 * kinds of extras (WIRE.md decision 11). What we honour is checked.
 */
export const chatRequestSchema = z.looseObject({
  model: z.string().min(1),
  messages: z.array(messageSchema).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  max_tokens: z.int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  n: z.int().min(1).max(128).nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  seed: z.int().nullish(),
  store: z.boolean().nullish(),
  background: z.boolean().nullish(),
  /** Bounded only where it is stored. */
  metadata: z.unknown().optional(),
  ...besideFields,
  ...parameterFields,
  ...legacyFields,
});

type Body = z.infer<typeof chatRequestSchema>;

export function parseChatRequest(input: Record<string, unknown>): Result<ChatRequest, ApiError> {
  if (input.messages == null && input.input != null) {
    // Cursor sends a Responses-shaped body here (WIRE.md 1.2).
    const translated = responsesBodyToChatBody(input);
    const request = translated.ok ? parseChatRequest(translated.value) : translated;
    return request.ok ? succeed({ ...request.value, body: input }) : request;
  }
  const parsed = chatRequestSchema.safeParse(input);
  if (!parsed.success) return fail(issueToError(parsed.error.issues[0], input));
  const body = parsed.data;
  const refused = refusal(body);
  if (refused !== null) return fail(refused);
  const forwarded = forwardedOf(body);
  const legacy = forwarded.tools === undefined ? functionsToTools(body) : null;
  return succeed({
    model: body.model,
    problem: {
      messages: withToolIds(body.messages.map(toMessage)),
      forwarded: { ...legacy, ...forwarded },
      reference: null,
    },
    sampling: {
      maxTokens: body.max_completion_tokens ?? body.max_tokens ?? DEFAULT_MAX_TOKENS,
      temperature: body.temperature ?? undefined,
      topP: body.top_p ?? undefined,
      stop: typeof body.stop === "string" ? [body.stop] : (body.stop ?? []),
      ...besideOf(body),
    },
    seed: body.seed ?? null,
    count: body.n ?? 1,
    isStream: body.stream ?? false,
    isBackground: body.background ?? false,
    hasUsageChunk: body.stream_options?.include_usage ?? false,
    isLegacy: legacy !== null,
    body: input,
  });
}

/** What does not go together, and what we cannot do and must not pretend to. */
function refusal(body: Body): ApiError | null {
  if (Array.isArray(body.stop) && body.stop.length > MAX_STOPS) {
    const message = `Invalid 'stop': expected at most ${MAX_STOPS} sequences.`;
    return { type: "invalid-parameter", code: "array_above_max_length", message, param: "stop" };
  }
  return messageFault(body.messages) ?? besideFault(body) ?? unsupportedParameter(body) ?? toolFault(body);
}

const MAX_STOPS = 4;
