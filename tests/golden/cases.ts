import { METHOD_GOLDEN } from "../methods/cases.ts";
import { dumpTree } from "../world/dump.ts";
import { createPlayer } from "../world/player.ts";
import { runWorld, type WorldOptions } from "../world/search.ts";

/** The searches whose whole trees are kept beside this file, and hashed into the signature. */
export const GOLDEN_CASES: Readonly<Record<string, WorldOptions>> = {
  single: { method: "single", seed: 11 },
  "best-of-n": { method: "best-of-n", rollouts: 6, width: 3, seed: 12, player: createPlayer(0.3) },
  "best-of-n-agreement": { method: "best-of-n", rollouts: 6, width: 3, seed: 13, verifiers: ["agreement"] },
  "self-consistency": {
    method: "self-consistency",
    rollouts: 7,
    width: 2,
    seed: 14,
    verifiers: [],
    player: createPlayer(0.9),
  },
  "mcts-rollout": {
    method: "mcts",
    params: { expansion: "rollout", samples_per_call: 1 },
    rollouts: 8,
    width: 1,
    seed: 15,
    player: createPlayer(0.2),
  },
  "mcts-judge": {
    method: "mcts",
    params: { expansion: "step", samples_per_call: 3 },
    verifiers: ["game-of-24", "judge"],
    rollouts: 8,
    width: 4,
    seed: 16,
    hand: "3 3 8 8",
    player: createPlayer(0.2),
  },
  "mcts-uneven": {
    method: "mcts",
    params: { expansion: "step", samples_per_call: 2 },
    verifiers: ["game-of-24", "judge"],
    rollouts: 6,
    width: 8,
    seed: 17,
    hand: "1 5 5 5",
    player: createPlayer(0.1),
    latencyMs: ({ number }) => 50 + ((number * 37) % 100),
  },
  ...METHOD_GOLDEN,
};

export async function growGolden(name: string): Promise<string> {
  const options = GOLDEN_CASES[name];
  if (options === undefined) throw new Error(`no golden case ${name}`);
  return dumpTree((await runWorld(options)).tree);
}
