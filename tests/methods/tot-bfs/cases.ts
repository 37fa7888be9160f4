import type { MethodCase } from "../../contracts/method.ts";
import { ALL_MOVES } from "../../world/all-moves.ts";
import { createPlayer } from "../../world/player.ts";
import type { WorldOptions } from "../../world/search.ts";
import { voteForSolvable } from "../../world/votes.ts";

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
