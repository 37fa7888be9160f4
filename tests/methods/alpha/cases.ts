import { questionOf } from "../../../src/core/problem.ts";
import type { MethodCase } from "../../contracts/method.ts";
import { createPlayer } from "../../world/player.ts";
import type { WorldOptions } from "../../world/search.ts";

/** Asked whether two steps come to the same, the model says so of those with the same operator. */
export const saysSame: NonNullable<MethodCase["reply"]> = ({ messages }) => {
  const question = questionOf({ messages, forwarded: {}, reference: null });
  const [first, second] = ["first", "second"].map((tag) => {
    const text = new RegExp(`<${tag}[^>]*>\\n([\\s\\S]*?)\\n</${tag}`).exec(question)?.[1];
    return text === undefined ? null : (/ ([-+*/]) /.exec(text.trim().split("\n").at(-1) ?? "")?.[1] ?? "");
  });
  if (first === null || second === null) return null;
  return first === second ? "yes" : "no";
};

export const contract: readonly MethodCase[] = [
  { method: "alpha", verifiers: ["game-of-24", "judge"] },
  {
    method: "alpha",
    params: { merge: "judge", simulations: 2, importance: "paper", process_weight: 1, process_mode: "avg" },
    verifiers: ["judge"],
    reply: saysSame,
  },
  {
    method: "alpha",
    params: { simulations: 0, merge: "none", greedy_first: true, max_depth: 2, search_time: 8, min_terminals: 4 },
    verifiers: ["game-of-24", "judge"],
  },
];

export const golden: Readonly<Record<string, WorldOptions>> = {
  alpha: {
    method: "alpha",
    params: { merge_distance: 0.2, max_trials: 2 },
    verifiers: ["game-of-24", "judge"],
    rollouts: 12,
    width: 4,
    seed: 81,
    hand: "3 3 8 8",
    player: createPlayer(0.2),
  },
  "alpha-judged-merge": {
    method: "alpha",
    params: { merge: "judge", max_trials: 1, simulations: 2, rollout_model: "fast", root_children: 4 },
    verifiers: ["judge"],
    reply: saysSame,
    rollouts: 16,
    width: 4,
    seed: 82,
    hand: "1 4 6 9",
    player: createPlayer(0.2),
  },
};
