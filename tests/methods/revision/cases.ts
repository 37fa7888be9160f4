import type { MethodCase } from "../../contracts/method.ts";
import { critic } from "../../world/critic.ts";
import { createPlayer } from "../../world/player.ts";
import type { WorldOptions } from "../../world/search.ts";

export const contract: readonly MethodCase[] = [
  { method: "revision", verifiers: ["game-of-24"] },
  { method: "revision", params: { mode: "critique", chains: 3 }, verifiers: ["grade"], reply: critic },
  { method: "revision", params: { chains: 1, vote: "weighted" }, verifiers: ["agreement"] },
  { method: "revision", params: { chains: 5, vote: "majority" }, verifiers: [] },
];

export const golden: Readonly<Record<string, WorldOptions>> = {
  revision: {
    method: "revision",
    params: { chains: 3, mode: "critique", vote: "weighted" },
    verifiers: ["grade"],
    reply: critic,
    rollouts: 8,
    width: 4,
    seed: 36,
    player: createPlayer(0.2),
    latencyMs: ({ number }) => 50 + ((number * 37) % 100),
  },
};
