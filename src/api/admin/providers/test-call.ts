import type { z } from "zod";
import { createCanceller } from "../../../core/cancellation.ts";
import type { Clock } from "../../../core/clock.ts";
import type { CompletionOutcome } from "../../../core/model.ts";
import { masterKeysOf, scorersOf } from "../../../env.ts";
import { askedProviders } from "../../../own-providers.ts";
import { createGate } from "../../../providers/gate.ts";
import { createModel } from "../../../providers/index.ts";
import { type AppContext, respondWithError } from "../../context.ts";
import { administer } from "../administer.ts";
import { readBody } from "../body.ts";
import { type providerTestAnswerSchema, providerTestSchema } from "./schema.ts";

/**
 * POST /v1/admin/providers/{id}/test: one real call, as a search makes it: the stored credential is opened, the request
 * goes through the egress. The answer is 200 also where the provider refuses: that is what was asked for.
 */
export async function testProvider(context: AppContext): Promise<Response> {
  const body = await readBody(context, providerTestSchema);
  if (!body.ok) return respondWithError(context, body.error);
  const providerId = context.req.param("id") ?? "";
  const known = await administer(context, "provider.open", { providerId });
  if (!known.ok) return respondWithError(context, known.error);
  const { allowedOrigins } = scorersOf(context.env);
  const sealed = { tenantId: context.get("tenant").id, ...known.value };
  const [provider] = askedProviders(sealed, await masterKeysOf(context.env), { allowedOrigins });
  const wanted = body.value.model;
  const model = provider?.models.find(({ id }) => wanted === undefined || id === wanted);
  if (provider === undefined || model === undefined) {
    return respondWithError(context, { type: "model-not-found", model: wanted ?? "" });
  }
  const startedAtMs = CLOCK.now();
  const patient = {
    ...provider,
    headerTimeoutMs: Math.min(provider.headerTimeoutMs, LONGEST_MS),
    callTimeoutMs: LONGEST_MS,
  };
  const asked = createModel({ provider: patient, model, gate: createGate(), clock: CLOCK });
  const outcome = await asked.complete(QUESTION, createCanceller().signal);
  const latencyMs = CLOCK.now() - startedAtMs;
  const answer = {
    object: "provider.test",
    provider_id: providerId,
    model: model.id,
    latency_ms: latencyMs,
    ...found(outcome),
  } satisfies z.output<typeof providerTestAnswerSchema>;
  return context.json(answer);
}

function found({ result, attempts }: CompletionOutcome) {
  const [attempt] = attempts;
  const usage =
    attempt === undefined || attempt.isEstimated
      ? null
      : { prompt_tokens: attempt.promptTokens, completion_tokens: attempt.completionTokens };
  if (!result.ok) {
    const { type, message } = result.error;
    return { ok: false, answered_model: null, usage, error: { type, message } };
  }
  return { ok: true, answered_model: result.value[0]?.model ?? null, usage, error: null };
}

const LONGEST_MS = 30_000;

const CLOCK: Clock = {
  now: () => Date.now(),
  schedule: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Sixteen tokens are the least that every interface takes. */
const QUESTION = {
  messages: [{ role: "user" as const, content: "Reply with the word OK." }],
  prefix: "",
  count: 1,
  maxTokens: 16,
  temperature: undefined,
  topP: undefined,
  stop: [],
  seed: 1,
  topLogprobs: null,
  forwarded: {},
};
