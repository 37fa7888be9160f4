import { isFinalAnswerMarked } from "../../core/answer/answer.ts";
import type { Completion } from "../../core/model.ts";
import type { Policy, PolicyInput } from "../../core/policy.ts";
import { besideText, type Thought } from "../../core/thought.ts";
import { continuationRequest, promptedRequest } from "../asking.ts";
import { STEP_PROMPT } from "./prompt.ts";

/**
 * Asks for one step: generation stops at the model's step separator. A model that cannot continue an answer is shown it
 * and asked for the next step in words; the same is done where the request brings a prompt of its own.
 */
export const nextStep: Policy = {
  name: "next-step",
  extent: "step",
  prompts: [STEP_PROMPT],
  request: (input) => {
    const stop = input.capabilities.stepSeparator;
    const isContinued = input.path.length === 0 || input.capabilities.continuation;
    const maxTokens = stepTokensOf(input);
    if (isContinued && input.prompts[STEP_PROMPT.name] === undefined) {
      return { ...continuationRequest(input, [stop]), maxTokens };
    }
    const request = promptedRequest(input, STEP_PROMPT);
    return { ...request, stop: [...input.sampling.stop, ...request.stop, stop], forwarded: input.problem.forwarded };
  },
  thoughts: (completion, input) => [[stepOf(completion, input)]],
};

/**
 * OpenAI's wire format does not tell a natural end from a stop sequence: both are `finish_reason: "stop"`. Where the
 * provider says which (vLLM's `stop_reason`) it is believed; else a marked final answer, or an empty reply, is the end.
 */
function stepOf(completion: Completion, input: PolicyInput): Thought {
  const separator = input.capabilities.stepSeparator;
  const { text, ending, model, logprobSum, tokenCount, stopSequence } = completion;
  // Cut at our own cap, not at the client's: it goes on.
  if (ending === "length" && stepTokensOf(input) < input.sampling.maxTokens) {
    return { text, ending: "step", model, logprobSum, tokenCount, ...besideText(completion) };
  }
  const hasEnded =
    ending !== "stop" ||
    text.trim() === "" ||
    isFinalAnswerMarked(text) ||
    (stopSequence !== null && stopSequence !== separator);
  return {
    text: hasEnded ? text : text + separator,
    ending: hasEnded ? ending : "step",
    model,
    logprobSum,
    tokenCount,
    ...besideText(completion),
  };
}

function stepTokensOf({ sampling, capabilities }: PolicyInput): number {
  return Math.min(sampling.maxTokens, capabilities.stepTokens ?? sampling.maxTokens);
}
