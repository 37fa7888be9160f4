import type { MethodCase } from "../../contracts/method.ts";
import { createPlayer } from "../../world/player.ts";
import type { WorldOptions } from "../../world/search.ts";

export const contract: readonly MethodCase[] = [
  { method: "self-consistency", params: { stop: "beta", samples_per_call: 2 }, verifiers: [] },
  { method: "self-consistency", params: { stop: "entropy" }, verifiers: ["game-of-24"] },
  { method: "self-consistency", params: { stop: "majority", min_share: 0.5 }, verifiers: ["agreement"] },
  { method: "self-consistency", params: { stop: "none" }, verifiers: [] },
];

export const golden: Readonly<Record<string, WorldOptions>> = {
  "self-consistency-beta": {
    method: "self-consistency",
    params: { stop: "beta", confidence: 0.9 },
    rollouts: 24,
    width: 3,
    seed: 31,
    hand: "3 3 8 8",
    verifiers: [],
    player: createPlayer(0.9),
  },
};
