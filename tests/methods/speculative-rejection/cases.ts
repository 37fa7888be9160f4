import type { CompletionRequest } from "../../../src/core/model.ts";
import { questionOf } from "../../../src/core/problem.ts";
import { createRandom } from "../../../src/core/random.ts";
import { parseNumbers } from "../../../src/verifiers/game-of-24/hand.ts";
import type { MethodCase } from "../../contracts/method.ts";
import { createPlayer } from "../../world/player.ts";
import type { WorldOptions } from "../../world/search.ts";

/**
 * A model whose chunks fit together: it writes one of eight answers, and goes on from any beginning with one of those
 * that begin so. As a grader it likes some texts better than others, by no rule but always alike.
 */
export function writeInChunks({ messages, prefix }: CompletionRequest, seed: number): string | null {
  const question = questionOf({ messages, forwarded: {}, reference: null });
  const attempt = /<answer>\n([\s\S]*)\n<\/answer>/.exec(question)?.[1];
  if (attempt !== undefined) return `Score: ${createRandom(0, "grade", attempt).integer(101)}`;
  const likely = ANSWERS.filter((answer) => answer.startsWith(prefix));
  const answer = likely[createRandom(seed, "answer").integer(likely.length)];
  return answer?.slice(prefix.length) ?? null;
}

const HAND = parseNumbers("4 9 10 13") ?? [];
const ANSWERS = Array.from({ length: 8 }, (_unused, seed) => createPlayer(0).play(HAND, "", seed));

export const contract: readonly MethodCase[] = [
  {
    method: "speculative-rejection",
    params: { chunk_tokens: 16 },
    verifiers: ["grade"],
    reply: writeInChunks,
  },
  {
    method: "speculative-rejection",
    params: { chunk_tokens: 30, rejection_rate: 0.25 },
    verifiers: ["game-of-24", "grade"],
    reply: writeInChunks,
  },
];

export const golden: Readonly<Record<string, WorldOptions>> = {
  "speculative-rejection": {
    method: "speculative-rejection",
    params: { chunk_tokens: 20 },
    verifiers: ["grade"],
    reply: writeInChunks,
    rollouts: 8,
    width: 8,
    seed: 36,
  },
};
