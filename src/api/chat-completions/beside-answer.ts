import { z } from "zod";
import type { Sampling } from "../../core/policy.ts";
import type { ApiError } from "../errors.ts";

/** What a client may want beside the answer: the tokens' log-probabilities, and what the model thought. */
export const besideFields = {
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  /** OpenRouter's name for it. Reasoning is shown to nobody who does not ask (WIRE.md 1.11). */
  include_reasoning: z.boolean().nullish(),
};

type Body = z.infer<z.ZodObject<typeof besideFields>>;

export function besideFault({ logprobs, top_logprobs }: Body): ApiError | null {
  if (top_logprobs == null || logprobs === true) return null;
  const message = "Invalid 'top_logprobs': it needs 'logprobs' to be true.";
  return { type: "invalid-parameter", code: "invalid_value", message, param: "top_logprobs" };
}

/** Whether the model can give them is found out where the search is planned. */
export function besideOf(body: Body): Pick<Sampling, "topLogprobs" | "keepsReasoning"> {
  return {
    ...(body.logprobs === true && { topLogprobs: body.top_logprobs ?? 0 }),
    ...(body.include_reasoning === true && { keepsReasoning: true }),
  };
}
