import { z } from "zod";
import { ownProviderSchema } from "../../../providers/config.ts";

/**
 * A provider as the deployment's own configuration writes it (docs/providers.md), so that an entry can be taken over as it
 * is: with `apiKey`, which is in no answer.
 */
export const providerCreateSchema = ownProviderSchema;

/** For the document alone: a change is checked as the whole that it makes (`change.ts`). */
export const providerUpdateSchema = ownProviderSchema.partial().meta({
  description:
    "What is not named stays as it is; null takes a field away. A base URL of another origin needs the key once more.",
});

export const providerTestSchema = z.strictObject({
  model: z.string().min(1).max(200).optional().meta({ description: "One of its models' ids; the first where absent." }),
});

export const providerSchema = z.looseObject({
  object: z.literal("provider"),
  id: z.string(),
  name: z.string(),
  baseUrl: z.string(),
  models: z.array(z.looseObject({ id: z.string(), upstream: z.string() })),
  credential: z
    .object({
      last_four: z.string().nullable(),
      fingerprint: z
        .string()
        .meta({ description: "Equal for equal keys, as long as the tenant's data key is the same." }),
      origin: z.string().meta({ description: "The only one that it is sent to." }),
      version: z.number(),
      decryptable: z
        .boolean()
        .meta({ description: "False: calls fail until it is set anew or the master key is back." }),
    })
    .nullable(),
  created_at: z.number(),
  updated_at: z.number(),
});

export const providerTestAnswerSchema = z.object({
  object: z.literal("provider.test"),
  provider_id: z.string(),
  model: z.string().meta({ description: "The id that was asked for." }),
  ok: z.boolean(),
  latency_ms: z.number(),
  answered_model: z.string().nullable().meta({ description: "The provider's own word for who has answered." }),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).nullable(),
  error: z.object({ type: z.string(), message: z.string() }).nullable(),
});
