import type { Policy } from "../../core/policy.ts";
import { continuationRequest } from "../asking.ts";

/**
 * Completes a part of somebody else's answer, to see whether it comes to the same: rStar's discriminator. What it writes is
 * a note, because it is no candidate: it is never judged, counted or served.
 */
export const discriminate: Policy = {
  name: "discriminate",
  extent: "note",
  prompts: [],
  request: (input) => continuationRequest(input, []),
  thoughts: ({ text, ending, model, logprobSum, tokenCount }) => [
    [{ text, ending, form: "note", model, logprobSum, tokenCount }],
  ],
};
