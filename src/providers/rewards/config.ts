import { z } from "zod";
import { placeholdersOf } from "../../core/prompt.ts";
import { fail, type Result, succeed } from "../../core/result.ts";

/**
 * A server that scores, as the Worker variable REWARD_MODELS describes it: a JSON array, strict like PROVIDERS. A request
 * names one by its name and never by an address. What it speaks is its `shape`:
 *
 * | shape          | call                              | answer read                                     | calls          |
 * |----------------|-----------------------------------|-------------------------------------------------|----------------|
 * | chat-logprobs  | POST /chat/completions            | P(positive) / (P(positive) + P(negative)), first token | one per step |
 * | vllm-pooling   | POST /pooling                     | `data[i].data`, a row per step or the last row  | one, with a template; else one per candidate |
 * | vllm-classify  | POST /classify                    | `data[i].probs`                                 | one            |
 * | vllm-score     | POST /score                       | `data[i].score`                                 | one            |
 * | generic        | POST {prompt, steps}              | `scores`                                        | one per candidate |
 *
 * `/classify` and `/score` give one value per text: a process reward is had by sending every beginning of the answer.
 */
export type RewardModelConfig = z.infer<typeof rewardModelSchema>;

export const SHAPES = ["chat-logprobs", "vllm-pooling", "vllm-classify", "vllm-score", "generic"] as const;

const LONGEST_TIMEOUT_MS = 600_000;
const DEFAULT_TIMEOUT_MS = 60_000;

const rewardModelSchema = z
  .strictObject({
    /** What requests call it, and metering. */
    name: z.string().min(1).max(64),
    /** A process reward scores each step, an outcome reward the answer as a whole. */
    kind: z.enum(["process", "outcome"]),
    shape: z.enum(SHAPES),
    /** What the shape's path is appended to ("http://gpu:8000"); for `generic` the whole address. */
    baseUrl: z
      .string()
      .refine(isBaseUrl, "must be an http or https URL without user, password, query or fragment")
      .transform((url) => url.replace(/\/+$/, "")),
    apiKey: z.string().min(1).nullable().default(null),
    /** The server's own name for the model; `generic` may leave it out. */
    model: z.string().min(1).max(200).nullable().default(null),
    /** What brings the server's numbers into [0, 1]: already there, logits of one class, logits of several. */
    squash: z.enum(["none", "sigmoid", "softmax"]).default("none"),
    /** Which class is the good one; the last where null. */
    positiveClass: z.number().int().min(0).max(999).nullable().default(null),
    /** The text that is sent, with {question} and {answer}; null sends the conversation where the shape takes one. */
    template: z.string().min(1).max(50_000).nullable().default(null),
    /** Written after each step, where the model was trained so ("<extra_0>"). */
    stepTag: z.string().min(1).max(100).nullable().default(null),
    /** The words whose probabilities a `chat-logprobs` judge is asked for; RLHFlow's by default. */
    positive: z.string().min(1).max(40).default("+"),
    negative: z.string().min(1).max(40).default("-"),
    /** Texts in one call at most, where the shape takes several. */
    batchSize: z.number().int().min(1).max(1024).default(64),
    headerTimeoutMs: timeout(),
    totalTimeoutMs: timeout(),
    promptMicrodollarsPerMillion: z.number().int().min(0).default(0),
  })
  .refine(({ shape, model }) => shape === "generic" || model !== null, { path: ["model"], message: "is needed" })
  .refine(({ shape, template }) => shape !== "vllm-classify" || template !== null, {
    path: ["template"],
    message: "is needed: /classify takes texts, not conversations",
  })
  .refine(({ template }) => template === null || placeholdersOf(template).every((name) => PLACEHOLDERS.has(name)), {
    path: ["template"],
    message: "may mention {question} and {answer} only",
  })
  .refine(({ positive, negative }) => positive !== negative, { path: ["negative"], message: "must differ" });

const PLACEHOLDERS: ReadonlySet<string> = new Set(["question", "answer"]);

const rewardModelsSchema = z
  .array(rewardModelSchema)
  .refine((models) => new Set(models.map(({ name }) => name)).size === models.length, "lists one name twice");

/** The message names the path and never repeats a value: the text holds API keys. */
export function parseRewardModels(json: string): Result<readonly RewardModelConfig[], string> {
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch {
    return fail("REWARD_MODELS is not valid JSON");
  }
  const parsed = rewardModelsSchema.safeParse(raw);
  if (parsed.success) return succeed(parsed.data);
  const lines = parsed.error.issues.map(({ path, message }) => `${["REWARD_MODELS", ...path].join(".")}: ${message}`);
  return fail(lines.join("; "));
}

function timeout() {
  return z.number().int().min(1).max(LONGEST_TIMEOUT_MS).default(DEFAULT_TIMEOUT_MS);
}

function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const isHttp = url.protocol === "http:" || url.protocol === "https:";
  return isHttp && url.username === "" && url.password === "" && url.search === "" && url.hash === "";
}
