import type { CompletionRequest } from "../../core/model.ts";
import type { Message } from "../../core/problem.ts";
import { renderTemplate } from "../../core/prompt.ts";
import type { RewardModelConfig } from "./config.ts";
import { answerOf, type Unit } from "./shapes.ts";

/** As many alternatives as OpenAI's format allows. */
const TOP_LOGPROBS = 20;

/** Asks for one token after a beginning of the answer: how good is its last step, or the whole? */
export function beginningRequest(unit: Unit, config: RewardModelConfig): CompletionRequest {
  return {
    messages: config.template === null ? turnsOf(unit, config) : [{ role: "user", content: filledIn(unit, config) }],
    prefix: "",
    count: 1,
    maxTokens: 1,
    temperature: 0,
    topP: undefined,
    stop: [],
    seed: 0,
    topLogprobs: TOP_LOGPROBS,
    forwarded: {},
  };
}

/**
 * RLHFlow's conversation (Llama3.1-8B-PRM): each step is a user's turn, each earlier one answered as a good one; the question
 * stands before the first. An outcome is one turn with the whole answer.
 */
function turnsOf({ input, steps }: Unit, config: RewardModelConfig): readonly Message[] {
  const sent = config.kind === "outcome" ? [input.steps.join("")] : input.steps.slice(0, steps);
  return sent.flatMap((step, index): Message[] => {
    const content = index === 0 ? `${input.question}\n\n${step.trim()}` : step.trim();
    const isLast = index === sent.length - 1;
    return [{ role: "user", content }, ...(isLast ? [] : [{ role: "assistant" as const, content: config.positive }])];
  });
}

function filledIn(unit: Unit, config: RewardModelConfig): string {
  const values = { question: unit.input.question, answer: answerOf(unit, config) };
  return renderTemplate(config.template ?? "", values) ?? "";
}
