import type { Policy } from "../../core/policy.ts";
import { continuationRequest } from "../asking.ts";

/** Asks for the rest of the answer and keeps it in one piece: each completion is one candidate. */
export const wholeAnswer: Policy = {
  name: "whole-answer",
  extent: "end",
  prompts: [],
  request: (input) => continuationRequest(input, []),
  thoughts: ({ text, ending, model, logprobSum, tokenCount, toolCalls }) => [
    [{ text, ending, model, logprobSum, tokenCount, ...(toolCalls === undefined ? {} : { toolCalls }) }],
  ],
};
