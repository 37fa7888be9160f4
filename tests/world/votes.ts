import type { CompletionRequest } from "../../src/core/model.ts";
import { questionOf } from "../../src/core/problem.ts";
import { parseNumbers } from "../../src/verifiers/game-of-24/hand.ts";
import { isSolvable } from "../../src/verifiers/game-of-24/solver.ts";

/** Asked for a vote, the model votes for the first attempt from which 24 can still be made. */
export function voteForSolvable({ messages }: CompletionRequest): string | null {
  const question = questionOf({ messages, forwarded: {}, reference: null });
  const attempts = [...question.matchAll(/<attempt number="(\d+)">\n([\s\S]*?)\n<\/attempt>/g)];
  if (attempts.length === 0) return null;
  const good = attempts.find(([, , text = ""]) => {
    const left = parseNumbers(/\(left: ([^()]*)\)$/.exec(text)?.[1] ?? "");
    return left !== null && isSolvable(left);
  });
  return `The best choice is ${good?.[1] ?? 1}`;
}
