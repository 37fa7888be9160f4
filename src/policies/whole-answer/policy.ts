import type { Policy } from "../../core/policy.ts";
import { besideText } from "../../core/thought.ts";
import { continuationRequest } from "../asking.ts";

/** Asks for the rest of the answer and keeps it in one piece: each completion is one candidate. */
export const wholeAnswer: Policy = {
  name: "whole-answer",
  extent: "end",
  prompts: [],
  request: (input) => continuationRequest(input, []),
  thoughts: (completion) => {
    const { text, ending, model, logprobSum, tokenCount } = completion;
    return [[{ text, ending, model, logprobSum, tokenCount, ...besideText(completion) }]];
  },
};
