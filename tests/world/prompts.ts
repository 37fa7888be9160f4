import type { PromptBook } from "../../src/core/prompt.ts";
import { JUDGE_PROMPT } from "../../src/verifiers/judge/prompt.ts";
import { VALUE_PROMPT } from "../../src/verifiers/value/prompt.ts";

/** The scripted model's own words: it judges a state, and says so in one word. */
export const WORLD_PROMPTS: PromptBook = {
  judge: { ...JUDGE_PROMPT.prompt, template: "Judge: {left}" },
  value: {
    ...VALUE_PROMPT.prompt,
    template: "Judge: {left}",
    reply: { type: "labels", labels: { yes: 1, no: 0.001 } },
    maxTokens: 4,
  },
};
