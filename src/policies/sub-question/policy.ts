import { isFinalAnswerMarked } from "../../core/answer/answer.ts";
import type { Policy } from "../../core/policy.ts";
import { askedQuestion } from "../asked-question.ts";
import { promptedRequest } from "../asking.ts";
import { SUB_QUESTION_PROMPT } from "./prompt.ts";

/**
 * Asks for one sub-question with its answer, as one step. A reply without a question completes the candidate where it
 * marks the final answer; any other, and one that was cut off, cannot be read. "The answer is 4" below a question is that
 * question's answer, not the task's.
 */
export const subQuestion: Policy = {
  name: "sub-question",
  extent: "step",
  isReworded: true,
  prompts: [SUB_QUESTION_PROMPT],
  request: (input) => promptedRequest(input, SUB_QUESTION_PROMPT),
  thoughts: ({ text, ending, model, logprobSum, tokenCount }, { capabilities }) => {
    const plain = text.trim();
    const isStep = askedQuestion(plain) !== null;
    if (ending !== "stop" || !(isStep || isFinalAnswerMarked(plain))) return [];
    const step = isStep ? plain + capabilities.stepSeparator : plain;
    return [[{ text: step, ending: isStep ? "step" : "stop", model, logprobSum, tokenCount }]];
  },
};
