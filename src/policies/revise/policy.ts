import type { FencedText } from "../../core/fence.ts";
import type { Policy } from "../../core/policy.ts";
import { answerSoFar, isComplete, type Thought } from "../../core/thought.ts";
import { promptedRequest } from "../asking.ts";
import { asAnswer, revisionOf } from "../revision.ts";
import { REVISE_PROMPT } from "./prompt.ts";

/** Earlier attempts in view: Snell et al. 2024 train and sample their revision model with up to four. */
const ATTEMPTS_IN_VIEW = 4;

/** Asks for a whole new answer with the last attempts on the path in view. */
export const revise: Policy = {
  name: "revise",
  extent: "end",
  prompts: [REVISE_PROMPT],
  request: (input) =>
    asAnswer(promptedRequest(input, REVISE_PROMPT, { attempts: lastOf(attemptsOn(input.path)) }), input),
  thoughts: (completion) => [[revisionOf(completion)]],
};

/** The answers along the path, each as it stood when it was complete, the oldest first. */
export function attemptsOn(path: readonly Thought[]): readonly string[] {
  return path.flatMap((thought, index) => (isComplete(thought) ? [answerSoFar(path.slice(0, index + 1))] : []));
}

function lastOf(attempts: readonly string[]): readonly FencedText[] {
  return attempts.map((text, index) => ({ tag: "attempt", number: index + 1, text })).slice(-ATTEMPTS_IN_VIEW);
}
