import type { MethodCase } from "../../contracts/method.ts";
import type { WorldOptions } from "../../world/search.ts";

export const contract: readonly MethodCase[] = [
  { method: "particle-filter", verifiers: ["game-of-24", "judge"] },
  {
    method: "particle-filter",
    params: { particles: 6, resampling: "systematic", serve: "sample", max_depth: 2 },
    verifiers: ["judge"],
  },
  { method: "particle-filter", params: { iterations: 3, references: 2 }, verifiers: ["game-of-24", "judge"] },
];

export const golden: Readonly<Record<string, WorldOptions>> = {
  "particle-filter": {
    method: "particle-filter",
    params: { particles: 8 },
    verifiers: ["judge"],
    rollouts: 12,
    width: 8,
    seed: 35,
  },
  "particle-gibbs": {
    method: "particle-filter",
    params: { iterations: 2 },
    verifiers: ["judge"],
    rollouts: 12,
    width: 8,
    seed: 39,
  },
};
