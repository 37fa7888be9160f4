import type { MethodCase } from "../../contracts/method.ts";
import { createPlayer } from "../../world/player.ts";
import type { WorldOptions } from "../../world/search.ts";

export const contract: readonly MethodCase[] = [
  { method: "self-explore", verifiers: ["game-of-24"] },
  { method: "self-explore", params: { search: "binary", completions: 2, solutions: 3 }, verifiers: ["game-of-24"] },
];

export const golden: Readonly<Record<string, WorldOptions>> = {
  "self-explore": {
    method: "self-explore",
    params: { solutions: 6, completions: 2 },
    rollouts: 24,
    width: 3,
    seed: 37,
    player: createPlayer(0.75),
  },
};
