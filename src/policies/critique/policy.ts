import type { Policy } from "../../core/policy.ts";
import { promptedRequest } from "../asking.ts";
import { CRITIQUE_PROMPT } from "./prompt.ts";

/** Asks for the flaws of the answer at the node; the critique is a note below it. */
export const critique: Policy = {
  name: "critique",
  extent: "note",
  prompts: [CRITIQUE_PROMPT],
  request: (input) => promptedRequest(input, CRITIQUE_PROMPT),
  thoughts: ({ text, ending, model, logprobSum, tokenCount }) =>
    text.trim() === "" ? [] : [[{ text, ending, form: "note", model, logprobSum, tokenCount }]],
};
