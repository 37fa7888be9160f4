import type { MethodCase } from "../../contracts/method.ts";
import { createPlayer } from "../../world/player.ts";
import { createQuestioner } from "../../world/questioner.ts";
import type { WorldOptions } from "../../world/search.ts";

export const contract: readonly MethodCase[] = [
  { method: "rstar", verifiers: ["agreement"], reply: createQuestioner() },
  {
    method: "rstar",
    params: { votes: 2, samples_per_action: 1 },
    verifiers: ["game-of-24"],
    reply: createQuestioner(),
  },
  {
    method: "rstar",
    params: { actions: ["finish", "step"], votes: 1, suffixes: 2, discriminator_model: "small" },
    verifiers: ["agreement"],
  },
  { method: "rstar", params: { suffixes: 0 }, verifiers: [], reply: createQuestioner() },
];

export const golden: Readonly<Record<string, WorldOptions>> = {
  rstar: {
    method: "rstar",
    params: { votes: 2, samples_per_action: 1, discriminator_model: "small" },
    verifiers: ["agreement"],
    rollouts: 14,
    width: 3,
    seed: 38,
    player: createPlayer(0.7),
    reply: createQuestioner(createPlayer(0.7)),
  },
};
