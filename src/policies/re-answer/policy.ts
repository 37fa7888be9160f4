import type { Policy, PolicyInput } from "../../core/policy.ts";
import { answerSoFar } from "../../core/thought.ts";
import { askedQuestion } from "../asked-question.ts";
import { promptedRequest } from "../asking.ts";
import { RE_ANSWER_PROMPT } from "./prompt.ts";

/**
 * Answers the sub-question at the end of the path once more. The solution so far with the new answer in the place of the
 * old takes the place of the path: a revision that is not complete.
 */
export const reAnswer: Policy = {
  name: "re-answer",
  extent: "step",
  isReworded: true,
  prompts: [RE_ANSWER_PROMPT],
  request: (input) => {
    const { before, question } = lastQuestionOf(input);
    const shown = { before: before.trim() === "" ? "(nothing yet)" : before.trim(), sub_question: question };
    return promptedRequest(input, RE_ANSWER_PROMPT, shown);
  },
  thoughts: ({ text, ending, model, logprobSum, tokenCount }, input) => {
    if (ending !== "stop" || text.trim() === "") return [];
    const { before, question } = lastQuestionOf(input);
    const revised = `${before}${question}\n${text.trim()}${input.capabilities.stepSeparator}`;
    return [[{ text: revised, ending: "step", form: "revision", model, logprobSum, tokenCount }]];
  },
};

function lastQuestionOf({ path }: PolicyInput): { readonly before: string; readonly question: string } {
  const last = path.at(-1)?.text ?? "";
  return { before: answerSoFar(path.slice(0, -1)), question: askedQuestion(last) ?? last.trim() };
}
