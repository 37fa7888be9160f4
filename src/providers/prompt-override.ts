import { z } from "zod";

/**
 * A prompt as a request (`search.prompts`) or a model's configuration gives it: what is left out stays as it was. `parse`
 * says how the reply is read: "text", "lines", "yes_no", "choice", `{"labels": {"sure": 20}}`, `{"number": [0, 10]}` or
 * `{"lines": {"high": 0.5}}` for lines that end in a mark of confidence.
 */
export const promptOverrideSchema = z.strictObject({
  template: z.string().min(1).max(50_000).nullish(),
  parse: z
    .union([
      z.enum(["text", "lines", "yes_no", "choice"]),
      z.strictObject({ labels: labelMap(0) }),
      z.strictObject({ lines: labelMap(Number.MIN_VALUE) }),
      z.strictObject({
        number: z.tuple([z.number(), z.number()]).refine(([min, max]) => min < max, "min must be below max"),
      }),
    ])
    .nullish(),
  samples: z.int().min(1).max(64).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  max_tokens: z.int().min(1).max(100_000).nullish(),
  stop: z.array(z.string().min(1).max(200)).max(4).nullish(),
});

export type PromptOverride = z.infer<typeof promptOverrideSchema>;

export const promptOverridesSchema = z.record(z.string().min(1).max(64), promptOverrideSchema);

function labelMap(least: number) {
  return z
    .record(z.string().min(1).max(64), z.number().min(least).max(1e6))
    .refine(
      (labels) => Object.values(labels).some((value) => value > 0),
      "at least one label must be worth more than 0",
    );
}
