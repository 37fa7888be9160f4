import { isFinalAnswerMarked } from "../../core/answer.ts";
import type { Completion } from "../../core/model.ts";
import type { Policy } from "../../core/policy.ts";
import type { Thought } from "../../core/thought.ts";
import { continuationRequest } from "../continuation.ts";

/** Asks for one step: generation stops at the model's step separator. */
export const nextStep: Policy = {
  name: "next-step",
  extent: "step",
  request: (input) => continuationRequest(input, [input.capabilities.stepSeparator]),
  thoughts: (completion, { stepSeparator }) => [stepOf(completion, stepSeparator)],
};

/**
 * OpenAI's wire format does not tell a natural end from a stop sequence: both are `finish_reason: "stop"`. Where the
 * provider says which (vLLM's `stop_reason`) it is believed; else a marked final answer, or an empty reply, is the end.
 */
function stepOf(completion: Completion, separator: string): Thought {
  const { text, ending, model, logprobSum, tokenCount, stopSequence, toolCalls } = completion;
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
    ...(toolCalls === undefined ? {} : { toolCalls }),
  };
}
