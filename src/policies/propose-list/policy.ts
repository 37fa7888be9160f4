import { isFinalAnswerMarked } from "../../core/answer/answer.ts";
import type { Policy } from "../../core/policy.ts";
import { promptOf } from "../../core/prompt.ts";
import { parseLines } from "../../core/reply.ts";
import { promptedRequest } from "../asking.ts";
import { PROPOSE_PROMPT } from "./prompt.ts";

/**
 * Asks for a list of next steps in one reply: each line is a child of its own. What a line is followed by in the answer
 * is the model's step separator; a line that marks a final answer completes a candidate.
 */
export const proposeList: Policy = {
  name: "propose-list",
  extent: "list",
  isReworded: true,
  prompts: [PROPOSE_PROMPT],
  request: (input) => promptedRequest(input, PROPOSE_PROMPT),
  thoughts: ({ text, ending, model, tokenCount }, { prompts, capabilities }) => {
    const { reply } = promptOf(prompts, PROPOSE_PROMPT);
    // A reply that ran into its cap ends in the middle of a line: that is no step.
    const whole = ending === "length" ? text.slice(0, text.lastIndexOf("\n") + 1) : text;
    const lines = parseLines(whole, reply.type === "lines" ? reply.labels : undefined);
    const length = lines.reduce((sum, line) => sum + line.text.length, 0) || 1;
    return lines.map((line) => {
      const isFinal = isFinalAnswerMarked(line.text);
      return [
        {
          text: isFinal ? line.text : line.text + capabilities.stepSeparator,
          ending: isFinal ? "stop" : "step",
          model,
          logprobSum: null,
          tokenCount: tokenCount === null ? null : Math.round((tokenCount * line.text.length) / length),
          ...(line.weight !== null && { weight: line.weight }),
        },
      ];
    });
  },
};
