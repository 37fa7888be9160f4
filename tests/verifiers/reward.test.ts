import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createCanceller } from "../../src/core/cancellation.ts";
import type { Candidate, VerifierDefinition } from "../../src/core/verifier.ts";
import { outcomeReward } from "../../src/verifiers/outcome-reward/verifier.ts";
import { processReward } from "../../src/verifiers/process-reward/verifier.ts";
import { stepsOf } from "../../src/verifiers/reward.ts";
import { createScriptedModel } from "../world/model.ts";
import { createPlayer } from "../world/player.ts";
import { createScriptedRewardModel } from "../world/scorers.ts";
import { gameOf24Problem } from "../world/search.ts";
import { createVirtualTime } from "../world/time.ts";
import { candidate } from "./scripted.ts";

/** Each step's score is the number that it ends in. */
function setUp(definition: VerifierDefinition, parameters: Record<string, unknown> = {}) {
  const time = createVirtualTime();
  const model = createScriptedModel({ clock: time, player: createPlayer(0) });
  const kind = definition.name === "process-reward" ? "process" : "outcome";
  const rewardModel = createScriptedRewardModel(time, kind, (step) => Number(/[\d.]+\s*$/.exec(step)?.[0] ?? 0));
  const verifier = definition.create(
    { model, prompts: {}, seed: 1, rewardModel },
    { reward_model: "scripted", ...parameters },
  );
  const scores = async (...candidates: Candidate[]) => {
    const verification = verifier.verify(gameOf24Problem("4 4 6 8"), candidates, createCanceller().signal);
    const { result } = await time.run(verification);
    if (!result.ok) throw new Error(result.error.message);
    return result.value;
  };
  return { verifier, rewardModel, scores };
}

const STEPS = candidate("a 0.8\nb 0.5\n\nc 0.9\n");

test.each([
  ["last", 0.9],
  ["min", 0.5],
  ["prod", 0.36],
  ["mean", 2.2 / 3],
  ["log-mean", 0.36 ** (1 / 3)],
])("%s of .8, .5 and .9 is %d, and the reason tells the steps", async (aggregation, value) => {
  const { scores } = setUp(processReward, { aggregation });
  const [score] = await scores(STEPS);
  expect(score?.value).toBeCloseTo(value, 12);
  expect(score?.reason).toBe(`${aggregation} of 3 steps: 0.800, 0.500, 0.900`);
});

test("a step is what the model's separator ends, however the tree has cut it; joined they are the text", () => {
  expect(stepsOf("a\nb\n\n \n  c", "\n")).toEqual(["a\n", "b\n\n \n", "  c"]);
  expect(stepsOf("\n\na\n", "\n")).toEqual(["\n\na\n"]);
  expect(stepsOf("\n\n", "\n")).toEqual([]);
  fc.assert(
    fc.property(fc.array(fc.constantFrom("a", "\n", " ", "b")), (parts) => {
      const text = parts.join("");
      const steps = stepsOf(text, "\n");
      expect(steps.join("")).toBe(text.trim() === "" ? "" : text);
      expect(steps.every((step) => step.trim() !== "")).toBe(true);
    }),
  );
});

test("all candidates of a verification go together, and an empty one is not sent", async () => {
  const { scores, rewardModel } = setUp(processReward);
  expect(await scores(STEPS, candidate(""), candidate("0.3"))).toMatchObject([{ value: 0.9 }, null, { value: 0.3 }]);
  expect(rewardModel.calls.map((inputs) => inputs.length)).toEqual([2]);
});

describe("outcome-reward", () => {
  test("scores whole answers, and partial ones only where that is asked for", async () => {
    const partial = candidate("a 0.4", { isComplete: false });
    const whole = setUp(outcomeReward);
    expect(await whole.scores(STEPS, partial)).toMatchObject([{ value: 0.9 }, null]);
    expect([whole.verifier.scope, outcomeReward.scoresStepsWith({ reward_model: "x" })]).toEqual(["complete", false]);
    const value = setUp(outcomeReward, { steps: true });
    expect(await value.scores(partial)).toMatchObject([{ value: 0.4 }]);
    expect(outcomeReward.scoresStepsWith({ reward_model: "x", steps: true })).toBe(true);
  });
});

test.each([
  [processReward, {}],
  [processReward, { reward_model: "a", aggregation: "max" }],
  [processReward, { reward_model: "a", url: "http://10.0.0.1" }],
  [outcomeReward, {}],
])("%o with %j is refused", (definition, parameters) => {
  expect(definition.parse(parameters).ok).toBe(false);
});
