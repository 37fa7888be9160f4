import type { FencedText } from "../../core/fence.ts";
import { answerSoFar, type Policy } from "../../core/policy.ts";
import { isComplete, type Thought } from "../../core/thought.ts";
import { promptedRequest } from "../asking.ts";
import { REVISE_PROMPT } from "./prompt.ts";

/** Earlier attempts in view: Snell et al. 2024 train and sample their revision model with up to four. */
const ATTEMPTS_IN_VIEW = 4;

/** Asks for a whole new answer with the last attempts on the path in view. */
export const revise: Policy = {
  name: "revise",
  extent: "end",
  prompts: [REVISE_PROMPT],
  request: (input) => ({
    ...promptedRequest(input, REVISE_PROMPT, { attempts: lastOf(attemptsOn(input.path)) }),
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

/** The answers along the path, each as it stood when it was complete, the oldest first. */
export function attemptsOn(path: readonly Thought[]): readonly string[] {
  return path.flatMap((thought, index) => (isComplete(thought) ? [answerSoFar(path.slice(0, index + 1))] : []));
}

function lastOf(attempts: readonly string[]): readonly FencedText[] {
  return attempts.map((text, index) => ({ tag: "attempt", number: index + 1, text })).slice(-ATTEMPTS_IN_VIEW);
}
