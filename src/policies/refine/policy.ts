import type { Policy } from "../../core/policy.ts";
import { promptedRequest } from "../asking.ts";
import { REFINE_PROMPT } from "./prompt.ts";

/** Asks for a whole new answer in the light of the path: the answer before it and, where there is one, the critique. */
export const refine: Policy = {
  name: "refine",
  extent: "end",
  prompts: [REFINE_PROMPT],
  request: (input) => ({
    ...promptedRequest(input, REFINE_PROMPT),
    stop: input.sampling.stop,
    // It is an answer: it may call tools and must have the form that was asked for.
    forwarded: input.problem.forwarded,
  }),
  thoughts: ({ text, ending, model, logprobSum, tokenCount, toolCalls }) => [
    [
      {
        text,
        ending,
        form: "revision",
        model,
        logprobSum,
        tokenCount,
        ...(toolCalls === undefined ? {} : { toolCalls }),
      },
    ],
  ],
};
