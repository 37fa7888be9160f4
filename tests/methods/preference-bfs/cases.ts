import type { MethodCase } from "../../contracts/method.ts";
import type { WorldOptions } from "../../world/search.ts";

export const contract: readonly MethodCase[] = [
  { method: "preference-bfs", params: { samples: 3, breadth: 2 }, verifiers: ["value"] },
  {
    method: "preference-bfs",
    params: { samples: 4, winner: "count", max_depth: 2 },
    verifiers: ["game-of-24", "judge"],
  },
];

export const golden: Readonly<Record<string, WorldOptions>> = {
  "preference-bfs": {
    method: "preference-bfs",
    params: { samples: 3, breadth: 2 },
    verifiers: ["value"],
    rollouts: 12,
    width: 8,
    seed: 38,
  },
};
