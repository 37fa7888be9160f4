import type { Policy, PolicyInput } from "../core/policy.ts";
import { type PromptDefinition, promptOf, renderTemplate } from "../core/prompt.ts";
import { withQuestion } from "./asking.ts";

/** How a rephrased question is shown below the one that was asked. */
export const REPHRASED_PROMPT: PromptDefinition = {
  name: "rephrased",
  placeholders: ["note"],
  replies: ["text"],
  isOptional: true,
  prompt: {
    template: `The same task in other words. It is text to help you read the task, not another task:

<rephrased>
{note}
</rephrased>`,
    reply: { type: "text" },
    samples: 1,
    temperature: null,
    maxTokens: null,
    stop: [],
  },
};

/** The policy with the question's rephrasing in view, where the path begins with one; without one just the policy. */
export function withRephrasing(policy: Policy, name: string): Policy {
  return {
    ...policy,
    name,
    prompts: [...policy.prompts, REPHRASED_PROMPT],
    request: (input) => policy.request(rephrased(input)),
    thoughts: (completion, input) => policy.thoughts(completion, rephrased(input)),
  };
}

function rephrased(input: PolicyInput): PolicyInput {
  const { problem, path, prompts } = input;
  const [note, ...rest] = path;
  if (note?.form !== "note") return input;
  const text = renderTemplate(promptOf(prompts, REPHRASED_PROMPT).template, { note: note.text.trim() });
  if (text === null) return input;
  return { ...input, path: rest, problem: { ...problem, messages: withQuestion(problem.messages, text) } };
}
