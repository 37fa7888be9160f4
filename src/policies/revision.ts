import type { Completion, CompletionRequest } from "../core/model.ts";
import type { PolicyInput } from "../core/policy.ts";
import { besideText, type Thought } from "../core/thought.ts";

/** A request for a whole new answer: it may call tools and must have the form that was asked for. */
export function asAnswer(request: CompletionRequest, { sampling, problem }: PolicyInput): CompletionRequest {
  return { ...request, stop: sampling.stop, forwarded: problem.forwarded };
}

/** The reply as an answer that takes the place of the one before. */
export function revisionOf(completion: Completion): Thought {
  const { text, ending, model, logprobSum, tokenCount } = completion;
  return { text, ending, form: "revision", model, logprobSum, tokenCount, ...besideText(completion) };
}
