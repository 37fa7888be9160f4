import type { MethodCase } from "../../contracts/method.ts";
import { createPlayer } from "../../world/player.ts";
import type { WorldOptions } from "../../world/search.ts";

export const contract: readonly MethodCase[] = [
  { method: "dvts", verifiers: ["game-of-24", "judge"] },
  { method: "dvts", params: { beam_width: 2, aggregation: "min", max_depth: 2 }, verifiers: ["judge"] },
];

export const golden: Readonly<Record<string, WorldOptions>> = {
  dvts: {
    method: "dvts",
    verifiers: ["game-of-24", "judge"],
    rollouts: 12,
    width: 4,
    seed: 33,
    hand: "3 3 8 8",
    player: createPlayer(0.2),
  },
};
