import type { Completion } from "../../core/model.ts";
import type { Policy, PolicyInput } from "../../core/policy.ts";
import { besideText, type Thought } from "../../core/thought.ts";
import { continuationRequest } from "../asking.ts";

/**
 * Asks for the next so many tokens of the answer, wherever they end: the step's cap is the chunk. Methods that generate
 * in lock-step look at the answers in between. Adds no words of our own.
 */
export const chunk: Policy = {
  name: "chunk",
  extent: "step",
  prompts: [],
  request: (input) => ({ ...continuationRequest(input, []), maxTokens: tokensOf(input) }),
  thoughts: (completion, input) => [[chunkOf(completion, input)]],
};

/** Each chunk before this one ended at its cap, so that the client's own cap is reached after so many of them. */
function tokensOf({ sampling, clientMaxTokens, path }: PolicyInput): number {
  return Math.max(1, Math.min(sampling.maxTokens, clientMaxTokens - path.length * sampling.maxTokens));
}

/** Cut at the chunk's cap it goes on; at the client's cap, or where nothing came, it is over. */
function chunkOf(completion: Completion, input: PolicyInput): Thought {
  const { text, ending, model, logprobSum, tokenCount } = completion;
  const isLast = (input.path.length + 1) * input.sampling.maxTokens >= input.clientMaxTokens;
  return {
    text,
    ending: ending === "length" && !isLast && text !== "" ? "step" : ending,
    model,
    logprobSum,
    tokenCount,
    ...besideText(completion),
  };
}
