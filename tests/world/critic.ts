import type { CompletionRequest } from "../../src/core/model.ts";
import { questionOf } from "../../src/core/problem.ts";
import type { PromptDefinition } from "../../src/core/prompt.ts";
import { createRandom } from "../../src/core/random.ts";
import { CRITIQUE_PROMPT } from "../../src/policies/critique/prompt.ts";
import { GRADE_PROMPT } from "../../src/verifiers/grade/prompt.ts";

/** What a request asks, in words. */
export function textOf({ messages }: CompletionRequest): string {
  return questionOf({ messages, forwarded: {}, reference: null });
}

/** Is the request made from this prompt's own template? Told by the words after the last placeholder. */
export function isAskedWith(request: CompletionRequest, { prompt }: PromptDefinition): boolean {
  return textOf(request).endsWith(prompt.template.slice(prompt.template.lastIndexOf("}") + 1));
}

/**
 * A model that criticises and grades: a critique names one of five flaws, a grade depends on the answer and, a little, on
 * the sample. All else is left to the script, which writes a fresh answer where it is asked for a better one.
 */
export function critic(request: CompletionRequest, seed: number): string | null {
  if (isAskedWith(request, CRITIQUE_PROMPT)) return `Flaw ${createRandom(seed, "flaw").integer(5)}: the sum is wrong.`;
  if (!isAskedWith(request, GRADE_PROMPT)) return null;
  const liking = createRandom(0, "liking", textOf(request)).next();
  const mood = createRandom(seed, "mood").next();
  return `It is not bad.\nScore: ${Math.round(180 * liking + 20 * mood - 100)}`;
}
