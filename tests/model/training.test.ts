import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { allHands } from "../../model/corpus/hands.ts";
import { createJudgeStates, statesAfterOneStep } from "../../model/corpus/judge-states.ts";
import { handsOfSplit } from "../../model/corpus/split.ts";
import { createRandom } from "../../model/random.ts";
import { type TrainingState, train } from "../../model/trainer.ts";
import { ESPALIER_24_PLAN } from "../../model/training/espalier-24.ts";
import { formatState } from "../../src/verifiers/game-of-24/rational.ts";
import { isSolvable } from "../../src/verifiers/game-of-24/solver.ts";

const plan = {
  ...ESPALIER_24_PLAN,
  shape: { ...ESPALIER_24_PLAN.shape, width: 32, layers: 2, feedForward: 64 },
  steps: 6,
  shards: 4,
  shardTokens: 160,
  warmupSteps: 2,
};
const checksum = (state: TrainingState) => createHash("sha256").update(state.parameters).digest("hex").slice(0, 16);

test("the first training steps give the recorded weights, with one worker and with two", async () => {
  const one = await train(plan, { workers: 1, reportEverySteps: 3 });
  const two = await train(plan, { workers: 2, reportEverySteps: 6 });
  expect(checksum(one)).toBe("ef7d8df67b60af39");
  expect(checksum(two)).toBe(checksum(one));
}, 30_000);

test("an interrupted run goes on to the same weights", async () => {
  const whole = await train(plan, { workers: 1, reportEverySteps: 6 });
  const half = await train(plan, { workers: 1, reportEverySteps: 6, stopAtStep: 3 });
  const rest = await train(plan, { workers: 1, reportEverySteps: 6, resumeFrom: half });
  expect(checksum(rest)).toBe(checksum(whole));
}, 30_000);

test("the split has 200 test, 100 validation and 1,062 training hands, and no hand twice", () => {
  const splits = (["test", "validation", "train"] as const).map((split) => handsOfSplit(split).map(formatState));
  expect(splits.map((split) => split.length)).toEqual([200, 100, 1062]);
  expect(new Set(splits.flat()).size).toBe(1362);
  expect(splits[0]?.slice(0, 3)).toEqual(["3 3 10 13", "3 3 3 7", "5 5 6 6"]);
});

test("no judge row shows a state that only held-out hands can reach, nor a held-out hand", () => {
  const heldOut = [...handsOfSplit("test"), ...handsOfSplit("validation")];
  const unsolvable = allHands().filter((hand) => !isSolvable(hand));
  const allowed = statesAfterOneStep([...handsOfSplit("train"), ...unsolvable]);
  const forbidden = new Set([...statesAfterOneStep(heldOut).keys()].filter((key) => !allowed.has(key)));
  for (const hand of heldOut) forbidden.add(formatState(hand));
  expect(forbidden.size).toBeGreaterThan(500);
  const states = createJudgeStates();
  const random = createRandom(8);
  let solvable = 0;
  for (let i = 0; i < 20_000; i++) {
    const state = states.draw(random);
    expect(forbidden.has(formatState(state))).toBe(false);
    if (isSolvable(state)) solvable++;
  }
  expect(solvable / 20_000).toBeGreaterThan(0.48);
  expect(solvable / 20_000).toBeLessThan(0.52);
});
