import type { MethodCase } from "../../contracts/method.ts";
import { ALL_MOVES } from "../../world/all-moves.ts";
import { createPlayer } from "../../world/player.ts";
import type { WorldOptions } from "../../world/search.ts";
import { voteForSolvable } from "../../world/votes.ts";

export const contract: readonly MethodCase[] = [
  { method: "tot-dfs", verifiers: ["game-of-24", "judge"] },
  { method: "tot-dfs", params: { samples: 2, max_depth: 2, look_ahead: 0, prune_below: 0.3 }, verifiers: ["value"] },
  { method: "tot-dfs", params: { samples: 3, max_children: 2 }, verifiers: ["vote"], reply: voteForSolvable },
  {
    method: "tot-dfs",
    params: { generate: "propose", lists: 2, max_states: 9 },
    verifiers: ["game-of-24", "judge"],
    reply: ALL_MOVES.reply,
  },
];

export const golden: Readonly<Record<string, WorldOptions>> = {
  "tot-dfs": {
    method: "tot-dfs",
    params: { samples: 3, max_states: 12 },
    verifiers: ["game-of-24", "judge"],
    rollouts: 8,
    width: 4,
    seed: 37,
    hand: "3 3 8 8",
    player: createPlayer(0.2),
  },
};
