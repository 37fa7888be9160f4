import type { MethodCase } from "../../contracts/method.ts";
import { ALL_MOVES } from "../../world/all-moves.ts";
import { createPlayer } from "../../world/player.ts";
import type { WorldOptions } from "../../world/search.ts";

const PUCT = { selection: "puct", root_noise: 0.25, backup: "visit-weighted", discount: 0.95, samples_per_call: 2 };
const COMMITTING = { iterations_per_step: 8, backup: "max-blend", max_samples: 6, first_play_urgency: "parent" };

export const contract: readonly MethodCase[] = [
  { method: "mcts", params: PUCT, verifiers: ["game-of-24", "judge"] },
  { method: "mcts", params: COMMITTING, verifiers: ["judge"] },
  { method: "mcts", params: { expansion: "list" }, verifiers: ["game-of-24", "judge"], reply: ALL_MOVES.reply },
  { method: "mcts", params: { patience: 4, min_value_gate: 0.9, max_iterations: 60 }, verifiers: ["judge"] },
];

export const golden: Readonly<Record<string, WorldOptions>> = {
  "mcts-puct": {
    method: "mcts",
    params: PUCT,
    verifiers: ["game-of-24", "judge"],
    rollouts: 8,
    width: 4,
    seed: 51,
    hand: "3 3 8 8",
    player: createPlayer(0.2),
  },
  "mcts-committing": {
    method: "mcts",
    params: COMMITTING,
    verifiers: ["judge"],
    rollouts: 8,
    width: 8,
    seed: 52,
    hand: "1 5 5 5",
    player: createPlayer(0.1),
  },
  "mcts-list": {
    method: "mcts",
    params: { expansion: "list", backup: "max" },
    verifiers: ["game-of-24", "judge"],
    ...ALL_MOVES,
    rollouts: 8,
    width: 2,
    seed: 53,
    hand: "1 1 4 6",
    player: createPlayer(0),
  },
};
