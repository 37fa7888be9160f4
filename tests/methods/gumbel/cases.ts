import type { MethodCase } from "../../contracts/method.ts";
import { createPlayer } from "../../world/player.ts";
import type { WorldOptions } from "../../world/search.ts";

export const contract: readonly MethodCase[] = [
  { method: "gumbel", verifiers: ["game-of-24", "judge"] },
  { method: "gumbel", params: { root_actions: 4, gumbel_scale: 0, prior: "logprob" }, verifiers: ["judge"] },
  { method: "gumbel", params: { root_actions: 3, max_samples: 4 }, verifiers: ["game-of-24"] },
];

export const golden: Readonly<Record<string, WorldOptions>> = {
  gumbel: {
    method: "gumbel",
    params: { root_actions: 4, prior: "logprob" },
    verifiers: ["game-of-24", "judge"],
    rollouts: 16,
    width: 4,
    seed: 61,
    hand: "3 3 8 8",
    player: createPlayer(0.2),
  },
};
