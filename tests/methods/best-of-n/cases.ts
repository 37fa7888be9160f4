import type { MethodCase } from "../../contracts/method.ts";
import { createPlayer } from "../../world/player.ts";
import type { WorldOptions } from "../../world/search.ts";

export const contract: readonly MethodCase[] = [
  { method: "best-of-n", params: { score: "steps", aggregation: "prod" }, verifiers: ["game-of-24", "judge"] },
  { method: "best-of-n", params: { score: "steps", aggregation: "min", vote: "weighted" }, verifiers: ["judge"] },
  { method: "best-of-n", params: { vote: "weighted", samples_per_call: 3 }, verifiers: ["game-of-24"] },
];

export const golden: Readonly<Record<string, WorldOptions>> = {
  "best-of-n-steps": {
    method: "best-of-n",
    params: { score: "steps", aggregation: "log-mean", vote: "weighted" },
    verifiers: ["judge"],
    rollouts: 6,
    width: 3,
    seed: 32,
    player: createPlayer(0.3),
  },
};
