import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { onlyHeldOutStates, statesAfterOneStep } from "../../model/corpus/judge-states.ts";
import { drawRow } from "../../model/corpus/rows.ts";
import { createRowSource } from "../../model/corpus/source.ts";
import { handsOfSplit } from "../../model/corpus/split.ts";
import { createRandom } from "../../model/random.ts";
import { type TrainingState, train } from "../../model/trainer.ts";
import { ESPALIER_24_PLAN } from "../../model/training/espalier-24.ts";
import { parseHand } from "../../src/verifiers/game-of-24/hand.ts";
import { formatState } from "../../src/verifiers/rational.ts";

const plan = {
  ...ESPALIER_24_PLAN,
  shape: { ...ESPALIER_24_PLAN.shape, width: 32, layers: 2, feedForward: 64 },
  steps: 6,
  shards: 4,
  shardTokens: 160,
  warmupSteps: 2,
  cosineSteps: 6,
  cooldownFromStep: 4,
};
const checksum = (state: TrainingState) => createHash("sha256").update(state.parameters).digest("hex").slice(0, 16);

test("the first training steps give the recorded weights, also with two workers and after an interruption", async () => {
  const whole = await train(plan, { workers: 1, reportEverySteps: 6 });
  expect(checksum(whole)).toBe("8298d58dc974b5ff");
  const half = await train(plan, { workers: 2, reportEverySteps: 2, stopAtStep: 3 });
  const rest = await train(plan, { workers: 2, reportEverySteps: 6, resumeFrom: half });
  expect(checksum(rest)).toBe(checksum(whole));
}, 60_000);

test("the split has 200 test, 100 validation and 1,062 training hands, and no hand twice", () => {
  const splits = (["test", "validation", "train"] as const).map((split) => handsOfSplit(split).map(formatState));
  expect(splits.map((split) => split.length)).toEqual([200, 100, 1062]);
  expect(new Set(splits.flat()).size).toBe(1362);
  expect(splits[0]?.slice(0, 3)).toEqual(["3 3 10 13", "3 3 3 7", "5 5 6 6"]);
});

test("no row shows a held-out hand, nor a state that only held-out hands can reach", () => {
  const heldOut = [...handsOfSplit("test"), ...handsOfSplit("validation")];
  const forbidden = new Set(onlyHeldOutStates());
  expect(forbidden.size).toBeGreaterThan(500);
  for (const key of statesAfterOneStep(handsOfSplit("train")).keys()) expect(forbidden.has(key)).toBe(false);
  for (const hand of heldOut) forbidden.add(formatState(hand));
  const source = createRowSource();
  const random = createRandom(8);
  const verdicts = { yes: 0, no: 0 };
  for (let i = 0; i < 20_000; i++) {
    const row = drawRow(random, source, { judgeShare: 0.8, otherHandShare: 0.5 });
    const shown =
      row.type === "judge"
        ? [row.user.replace("Judge: ", "")]
        : [formatState(parseHand(row.user) ?? []), ...row.assistant.matchAll(/\(left: (.*)\)/g)].map((text) =>
            typeof text === "string" ? text : (text[1] ?? ""),
          );
    for (const state of shown) expect(forbidden.has(state), state).toBe(false);
    if (row.assistant === "yes" || row.assistant === "no") verdicts[row.assistant]++;
  }
  expect(verdicts.yes / (verdicts.yes + verdicts.no)).toBeGreaterThan(0.48);
  expect(verdicts.yes / (verdicts.yes + verdicts.no)).toBeLessThan(0.52);
});
