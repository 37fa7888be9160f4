import type { MethodCase } from "../../contracts/method.ts";
import { critic } from "../../world/critic.ts";
import { createPlayer } from "../../world/player.ts";
import type { WorldOptions } from "../../world/search.ts";

export const contract: readonly MethodCase[] = [
  { method: "mcts-self-refine", verifiers: ["grade"], reply: critic },
  { method: "mcts-self-refine", params: { patience: 4 }, verifiers: ["game-of-24", "grade"], reply: critic },
  { method: "mcts-self-refine", params: { max_children: 1 }, verifiers: ["agreement"] },
  { method: "mcts-self-refine", verifiers: [] },
];

export const golden: Readonly<Record<string, WorldOptions>> = {
  "mcts-self-refine": {
    method: "mcts-self-refine",
    verifiers: ["grade"],
    reply: critic,
    rollouts: 10,
    width: 3,
    seed: 33,
    player: createPlayer(0.2),
  },
};
