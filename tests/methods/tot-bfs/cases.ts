import type { CompletionRequest } from "../../../src/core/model.ts";
import { questionOf } from "../../../src/core/problem.ts";
import { parseNumbers } from "../../../src/verifiers/game-of-24/hand.ts";
import { isSolvable } from "../../../src/verifiers/game-of-24/solver.ts";
import type { MethodCase } from "../../contracts/method.ts";
import { ALL_MOVES } from "../../world/all-moves.ts";
import { createPlayer } from "../../world/player.ts";
import type { WorldOptions } from "../../world/search.ts";

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

const LISTED = { params: { generate: "propose", breadth: 3, max_depth: 4 }, reply: ALL_MOVES.reply };

export const contract: readonly MethodCase[] = [
  { method: "tot-bfs", verifiers: ["game-of-24", "judge"] },
  { method: "tot-bfs", params: { samples: 3, breadth: 2, prune_below: 0.3, max_depth: 2 }, verifiers: ["value"] },
  { method: "tot-bfs", params: { samples: 3, breadth: 2 }, verifiers: ["vote"], reply: voteForSolvable },
  { method: "tot-bfs", verifiers: ["game-of-24", "judge"], ...LISTED },
];

export const golden: Readonly<Record<string, WorldOptions>> = {
  "tot-bfs-sample": {
    method: "tot-bfs",
    params: { samples: 3, breadth: 2 },
    verifiers: ["game-of-24", "judge"],
    rollouts: 8,
    width: 4,
    seed: 31,
    hand: "3 3 8 8",
    player: createPlayer(0.2),
  },
  "tot-bfs-vote": {
    method: "tot-bfs",
    params: { samples: 3, breadth: 2 },
    verifiers: ["vote"],
    reply: voteForSolvable,
    rollouts: 12,
    width: 8,
    seed: 32,
  },
};
