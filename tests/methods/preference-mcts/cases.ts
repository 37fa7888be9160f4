import type { MethodCase } from "../../contracts/method.ts";
import { createPlayer } from "../../world/player.ts";
import type { WorldOptions } from "../../world/search.ts";

const SMALL = { n_actions: 3, iterations: 6, root_factor: 2 };

export const contract: readonly MethodCase[] = [
  { method: "preference-mcts", verifiers: ["game-of-24", "judge"] },
  { method: "preference-mcts", params: { ...SMALL, gold: true, prior: "uniform" }, verifiers: ["game-of-24", "judge"] },
  { method: "preference-mcts", params: { ...SMALL, max_depth: 4, similarity: 0.8 }, verifiers: ["judge"] },
];

export const golden: Readonly<Record<string, WorldOptions>> = {
  "preference-mcts": {
    method: "preference-mcts",
    params: SMALL,
    verifiers: ["game-of-24", "judge"],
    rollouts: 12,
    width: 4,
    seed: 71,
    hand: "1 4 6 9",
    player: createPlayer(0.2),
  },
  "preference-mcts-gold": {
    method: "preference-mcts",
    params: { ...SMALL, gold: true },
    verifiers: ["game-of-24", "judge"],
    rollouts: 12,
    width: 4,
    seed: 71,
    hand: "1 4 6 9",
    player: createPlayer(0.2),
  },
};
