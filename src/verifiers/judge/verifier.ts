import { type Prompt, type PromptBook, type PromptDefinition, promptOf } from "../../core/prompt.ts";
import { defineVerifier } from "../../core/verifier.ts";
import { createAsker, promptRefusal } from "../prompted.ts";
import { judgeSingly } from "../single-candidate.ts";
import { JUDGE_PROMPT } from "./prompt.ts";
import { type JudgeParameters, judgeParameters, RUBRIC_PROMPT, rubricPrompt, rubricValues } from "./rubric.ts";

/**
 * A model as judge. Without a word about how, by the probability of one token: value = P(yes) / (P(yes) + P(no)) of the
 * first generated token, as in Kadavath et al. 2022, section 3. With a rubric or a scale, by these. Partial answers are
 * its main use: it is the value that lets a tree search leave a bad step before paying for the rest of the answer.
 */
export const judge = defineVerifier({
  name: "judge",
  summary: "A model judges each step: by the probability that it answers yes, or by a rubric on a scale.",
  parameters: judgeParameters,
  isExact: false,
  isAutomatic: false,
  scoresSteps: true,
  scoresStepsWith: ({ steps }) => steps,
  prompts: [JUDGE_PROMPT, RUBRIC_PROMPT],
  wants: ({ model }) => (model == null ? {} : { model }),
  refusal: (_problem, model, prompts, parameters) => {
    const { definition, prompt } = askedWith(prompts, parameters);
    return promptRefusal(definition, model, prompts, prompt);
  },
  create: (context, parameters) => {
    const { definition, prompt } = askedWith(context.prompts, parameters);
    const asker = createAsker(context, definition, prompt);
    const scope = parameters.steps ? "all" : "complete";
    return judgeSingly("judge", scope, asker, rubricValues(parameters), (value) => value);
  },
});

function askedWith(
  prompts: PromptBook,
  parameters: JudgeParameters,
): { readonly definition: PromptDefinition; readonly prompt: Prompt } {
  if (parameters.rubric == null && parameters.scale == null) {
    return { definition: JUDGE_PROMPT, prompt: promptOf(prompts, JUDGE_PROMPT) };
  }
  return { definition: RUBRIC_PROMPT, prompt: rubricPrompt(promptOf(prompts, RUBRIC_PROMPT), parameters) };
}
