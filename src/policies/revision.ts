import type { Completion, CompletionRequest } from "../core/model.ts";
import type { PolicyInput } from "../core/policy.ts";
import type { Thought } from "../core/thought.ts";

/** A request for a whole new answer: it may call tools and must have the form that was asked for. */
export function asAnswer(request: CompletionRequest, { sampling, problem }: PolicyInput): CompletionRequest {
  return { ...request, stop: sampling.stop, forwarded: problem.forwarded };
}

/** The reply as an answer that takes the place of the one before. */
export function revisionOf({ text, ending, model, logprobSum, tokenCount, toolCalls }: Completion): Thought {
  return {
    text,
    ending,
    form: "revision",
    model,
    logprobSum,
    tokenCount,
    ...(toolCalls === undefined ? {} : { toolCalls }),
  };
}
