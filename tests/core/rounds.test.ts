import { expect, test } from "vitest";
import { beam } from "../../src/methods/beam/method.ts";
import { asked } from "../world/decisions.ts";
import { scoreAdd, stepEnd, stepStart, thoughtAdd } from "../world/log.ts";
import { runWorld } from "../world/search.ts";
import { voteForSolvable } from "../world/votes.ts";

const context = { rollouts: 4, verifier: { name: "prm", scope: "all", isComparative: false }, seed: 1 } as const;
const method = beam.create({}, context);
const voting = beam.create({}, { ...context, verifier: { ...context.verifier, isComparative: true } });

/** The draft, and two of the three samples that are still wanted at the root. */
const BEGUN = [
  stepStart(1, { type: "propose", nodeId: "0", count: 1, role: "end" }, 1),
  thoughtAdd(1, "1.0", "0", "a"),
  thoughtAdd(1, "1.1", "1.0", "Answer: 1", true),
  stepEnd(1),
  stepStart(2, { type: "propose", nodeId: "0", count: 2, role: "step" }, 2),
  thoughtAdd(2, "2.0", "0", "b"),
  thoughtAdd(2, "2.1", "0", "Answer: 2", true),
  stepEnd(2),
];
const third = stepStart(3, { type: "propose", nodeId: "0", count: 1, role: "step" }, 1);
const IN = [...BEGUN, third, thoughtAdd(3, "3.0", "0", "c"), stepEnd(3)];

test("what has come is judged at once, while the rest of the round is asked for", () => {
  expect(asked(method, BEGUN)).toEqual(["verify 1.0 1.1 2.0 2.1", "step 1 at 0"]);
});

test("no round begins before the one before is judged, and a step whose judgement failed goes on without one", () => {
  const verify = stepStart(4, { type: "verify", nodeIds: ["1.0", "1.1", "2.0", "2.1", "3.0"] });
  expect(asked(method, [...IN, verify])).toEqual([]);
  const scored = ["1.0", "1.1", "2.0", "2.1"].map((id, index) => scoreAdd(4, id, 0.1 * index));
  expect(asked(method, [...IN, verify, ...scored, scoreAdd(4, "3.0", 0.9), stepEnd(4)])).toEqual(["step 3 at 3.0"]);
  const error = { type: "invalid-request", message: "" } as const;
  const failure = { type: "step-fail", stepId: 4, error, attempts: [], willRetry: false } as const;
  expect(asked(method, [...IN, verify, failure])).toEqual(["step 2 at 1.0"]);
});

test("a comparative verifier waits for the level, and is then asked once about its partial answers", () => {
  expect(asked(voting, BEGUN)).toEqual(["step 1 at 0"]);
  expect(asked(voting, [...BEGUN, third])).toEqual([]);
  expect(asked(voting, IN)).toEqual(["verify 1.0 2.0 3.0"]);
});

test("a draft that failed comes once more before the round is over, and its first step belongs to it", () => {
  const error = { type: "timeout", message: "" } as const;
  const log = [
    stepStart(1, { type: "propose", nodeId: "0", count: 1, role: "end" }, 1),
    stepStart(2, { type: "propose", nodeId: "0", count: 4, role: "step" }, 4),
    { type: "step-fail", stepId: 1, error, attempts: [], willRetry: false } as const,
    ...["b", "c", "d", "e"].map((text, index) => thoughtAdd(2, `2.${index}`, "0", text)),
    stepEnd(2),
  ];
  expect(asked(method, log)).toEqual(["end 1 at 0", "verify 2.0 2.1 2.2 2.3"]);
});

test("beam search goes on from a vote to its end", async () => {
  const { tree } = await runWorld({
    method: "beam",
    params: { beam_width: 2 },
    verifiers: ["vote"],
    reply: voteForSolvable,
    rollouts: 6,
    width: 8,
  });
  expect(tree.rollouts).toBe(6);
});
