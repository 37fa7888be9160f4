import type { CompletionRequest } from "../core/model.ts";
import type { PolicyInput } from "../core/policy.ts";

/** The request's messages with the path so far as the beginning of the answer. Adds no words of our own. */
export function continuationRequest(input: PolicyInput, extraStop: readonly string[]): CompletionRequest {
  const { problem, steps, count, seed, sampling } = input;
  return {
    messages: problem.messages,
    prefix: steps.join(""),
    count,
    maxTokens: sampling.maxTokens,
    temperature: sampling.temperature,
    topP: sampling.topP,
    stop: [...sampling.stop, ...extraStop],
    seed,
    topLogprobs: null,
    forwarded: problem.forwarded,
  };
}
