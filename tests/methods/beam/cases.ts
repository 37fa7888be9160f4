import type { MethodCase } from "../../contracts/method.ts";
import { createPlayer } from "../../world/player.ts";
import type { WorldOptions } from "../../world/search.ts";

export const contract: readonly MethodCase[] = [
  { method: "beam", verifiers: ["game-of-24", "judge"] },
  { method: "beam", params: { beam_width: 2, aggregation: "min" }, verifiers: ["judge"] },
];

export const golden: Readonly<Record<string, WorldOptions>> = {
  beam: {
    method: "beam",
    verifiers: ["game-of-24", "judge"],
    rollouts: 8,
    width: 4,
    seed: 21,
    hand: "3 3 8 8",
    player: createPlayer(0.2),
  },
};
