import type { CompletionRequest } from "../../src/core/model.ts";
import { RE_ANSWER_PROMPT } from "../../src/policies/re-answer/prompt.ts";
import { REPHRASE_PROMPT } from "../../src/policies/rephrase/prompt.ts";
import { SUB_QUESTION_PROMPT } from "../../src/policies/sub-question/prompt.ts";
import { parseHand } from "../../src/verifiers/game-of-24/hand.ts";
import { isAskedWith, textOf } from "./critic.ts";
import { createPlayer, type Player } from "./player.ts";

/**
 * A player that asks itself questions: a sub-question is answered by one move, the last sub-question by another, and the
 * game is told in other words. All else is left to the script.
 */
export function createQuestioner(
  player: Player = createPlayer(0.5),
): (request: CompletionRequest, seed: number) => string | null {
  return (request, seed) => {
    if (isAskedWith(request, REPHRASE_PROMPT)) return `Given: four numbers.\nAsked for: 24, variant ${seed % 3}.`;
    const isFirst = isAskedWith(request, SUB_QUESTION_PROMPT);
    if (!isFirst && !isAskedWith(request, RE_ANSWER_PROMPT)) return null;
    const text = textOf(request);
    const solution = /<solution>\n([\s\S]*?)\n<\/solution>/.exec(text)?.[1] ?? "";
    const rest = player.play(parseHand(text) ?? [], `${solution}\n`, seed);
    const [line = ""] = rest.split("\n");
    return isFirst && !line.startsWith("Answer:") ? `Question: which two numbers now?\n${line}` : line;
  };
}
