import type { MethodCase } from "../../contracts/method.ts";
import { createPlayer } from "../../world/player.ts";
import type { WorldOptions } from "../../world/search.ts";

export const contract: readonly MethodCase[] = [
  { method: "rebase", verifiers: ["game-of-24", "judge"] },
  { method: "rebase", params: { temperature: 0.05, max_depth: 2 }, verifiers: ["judge"] },
];

export const golden: Readonly<Record<string, WorldOptions>> = {
  rebase: {
    method: "rebase",
    verifiers: ["game-of-24", "judge"],
    rollouts: 10,
    width: 8,
    seed: 34,
    hand: "3 3 8 8",
    player: createPlayer(0.2),
  },
};
