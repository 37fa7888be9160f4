import type { MethodCase } from "../../contracts/method.ts";
import { critic } from "../../world/critic.ts";
import { createPlayer } from "../../world/player.ts";
import type { WorldOptions } from "../../world/search.ts";

export const contract: readonly MethodCase[] = [
  { method: "ab-mcts", verifiers: ["grade"], reply: critic },
  { method: "ab-mcts", params: { posterior: "beta" }, verifiers: ["game-of-24", "judge"] },
  { method: "ab-mcts", params: { mode: "steps" }, verifiers: ["game-of-24", "judge"] },
  { method: "ab-mcts", params: { mode: "steps", posterior: "beta", models: ["a", "b"] }, verifiers: ["judge"] },
];

export const golden: Readonly<Record<string, WorldOptions>> = {
  "ab-mcts": {
    method: "ab-mcts",
    params: { models: ["a", "b"] },
    verifiers: ["grade"],
    reply: critic,
    rollouts: 12,
    width: 3,
    seed: 34,
    player: createPlayer(0.2),
  },
  "ab-mcts-steps": {
    method: "ab-mcts",
    params: { mode: "steps", posterior: "beta" },
    verifiers: ["game-of-24", "judge"],
    rollouts: 8,
    width: 2,
    seed: 35,
    hand: "3 3 8 8",
    player: createPlayer(0.2),
  },
};
