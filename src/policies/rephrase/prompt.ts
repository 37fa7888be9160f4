import type { PromptDefinition } from "../../core/prompt.ts";
import { PATH_PLACEHOLDERS } from "../asking.ts";

/** rStar's fifth action (Qi et al. 2024): a question that is misread is often read rightly once it is told in other words. */
export const REPHRASE_PROMPT: PromptDefinition = {
  name: "rephrase",
  placeholders: PATH_PLACEHOLDERS,
  replies: ["text"],
  prompt: {
    template: `Write the task above once more in your own words, so that it cannot be misread: first everything that is given, one fact to a line, then what is asked for, in which form. Leave nothing out, add nothing, and do not solve it.`,
    reply: { type: "text" },
    samples: 1,
    temperature: null,
    maxTokens: null,
    stop: [],
  },
};
