import type { Policy } from "../../core/policy.ts";
import { promptedRequest } from "../asking.ts";
import { REPHRASE_PROMPT } from "./prompt.ts";

/** Asks for the question in other words: a note, which policies made by `withRephrasing` show below the question. */
export const rephrase: Policy = {
  name: "rephrase",
  extent: "note",
  prompts: [REPHRASE_PROMPT],
  request: (input) => promptedRequest(input, REPHRASE_PROMPT),
  thoughts: ({ text, ending, model, logprobSum, tokenCount }) =>
    text.trim() === "" ? [] : [[{ text, ending, form: "note", model, logprobSum, tokenCount }]],
};
