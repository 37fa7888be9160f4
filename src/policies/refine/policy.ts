import type { Policy } from "../../core/policy.ts";
import { promptedRequest } from "../asking.ts";
import { asAnswer, revisionOf } from "../revision.ts";
import { REFINE_PROMPT } from "./prompt.ts";

/** Asks for a whole new answer in the light of the path: the answer before it and, where there is one, the critique. */
export const refine: Policy = {
  name: "refine",
  extent: "end",
  prompts: [REFINE_PROMPT],
  request: (input) => asAnswer(promptedRequest(input, REFINE_PROMPT), input),
  thoughts: (completion) => [[revisionOf(completion)]],
};
