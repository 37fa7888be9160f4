import { HEADER_SLOTS } from "../../src/providers/gate.ts";

export interface Case {
  readonly name: string;
  readonly width: number;
  readonly question: string;
  readonly search: Readonly<Record<string, unknown>>;
  /**
   * Calls in sequence that nothing can avoid, where `atOnce` calls can be under way at the same time: for every stage of
   * calls that wait for those before them, its calls by waves of so many.
   */
  readonly stages: (atOnce: number) => number;
}

const OPEN_QUESTION = "Say something.";
/** Checked exactly and for nothing; the scripted provider never solves it, so that all rollouts are made. */
const HAND = "Use 4 9 10 13 to make 24";

function plain(name: string, width: number, search: Case["search"], stages: Case["stages"], question = OPEN_QUESTION) {
  return {
    name,
    width,
    question,
    search: { ...search, budget: { max_rollouts: ROLLOUTS, max_parallel: width } },
    stages,
  };
}

const ROLLOUTS = 32;
const BEAMS = 8;
/** Three steps and an answer: each is asked for and then judged. */
const DEPTH = 4;

export const CASES: readonly Case[] = [
  plain("self-consistency 32", 32, { method: "self-consistency", params: { stop: "none" } }, (atOnce) =>
    waves(ROLLOUTS, Math.min(32, atOnce)),
  ),
  // Each answer is judged as it comes: the last judgement follows the last answer.
  plain("judged best-of-32", 32, { method: "best-of-n", verifier: "judge" }, (atOnce) => {
    return Math.max(waves(2 * ROLLOUTS, atOnce), waves(ROLLOUTS, Math.min(32, atOnce)) + 1);
  }),
  {
    name: `beam ${BEAMS}`,
    width: BEAMS,
    question: OPEN_QUESTION,
    search: { method: "beam", verifier: "judge", budget: { max_rollouts: BEAMS, max_parallel: BEAMS } },
    stages: (atOnce) => 2 * DEPTH * waves(BEAMS, Math.min(BEAMS, atOnce)),
  },
  ...[1, 4, 8, 16, 32].map((width) =>
    plain(
      "mcts 32",
      width,
      { method: "mcts", params: { expansion: "rollout" }, verifier: "game-of-24" },
      (atOnce) => waves(ROLLOUTS, Math.min(width, atOnce)),
      HAND,
    ),
  ),
];

function waves(calls: number, atOnce: number): number {
  return Math.ceil(calls / atOnce);
}

/**
 * How many calls can be under way at once. A connection holds one of the invocation's six slots until its headers come: where
 * they come at once, as they do from a server that streams, any number; where they come with the first token, six.
 */
export function atOnce(areHeadersLate: boolean): number {
  return areHeadersLate ? HEADER_SLOTS : Number.POSITIVE_INFINITY;
}
