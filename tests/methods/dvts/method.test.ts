import { expect, test } from "vitest";
import { dvts } from "../../../src/methods/dvts/method.ts";
import { asked } from "../../world/decisions.ts";
import { scoreAdd, stepEnd, stepStart, thoughtAdd } from "../../world/log.ts";

const context = { rollouts: 4, verifier: { name: "prm", scope: "all", isComparative: false }, seed: 1 } as const;
const method = dvts.create({ beam_width: 2 }, context);

/** Two subtrees of two: the samples at the root are 1.0 (the draft's first step) and 2.0, then 2.1 and 2.2. */
const BEGUN = [
  stepStart(1, { type: "propose", nodeId: "0", count: 1, role: "end" }, 1),
  thoughtAdd(1, "1.0", "0", "a"),
  thoughtAdd(1, "1.1", "1.0", "Answer: 1", true),
  stepEnd(1),
  stepStart(2, { type: "propose", nodeId: "0", count: 3, role: "step" }),
];

function judged(...scores: [string, number, ("estimate" | "verdict")?][]) {
  const nodeIds = scores.map(([id]) => id);
  return [
    stepEnd(2),
    stepStart(3, { type: "verify", nodeIds }),
    ...scores.map(([id, value, kind]) => scoreAdd(3, id, value, kind)),
    stepEnd(3),
  ];
}

test("the draft is the first of the N samples at the root", () => {
  expect(asked(method, [])).toEqual(["end 1 at 0", "step 3 at 0"]);
});

test("subtrees do not compete: the better half of one is left behind for the poor best of the other", () => {
  const log = [
    ...BEGUN,
    thoughtAdd(2, "2.0", "0", "b"),
    thoughtAdd(2, "2.1", "0", "c"),
    thoughtAdd(2, "2.2", "0", "d"),
    ...judged(["1.0", 0.9], ["1.1", 0.5], ["2.0", 0.8], ["2.1", 0.1], ["2.2", 0.2]),
  ];
  // Of 0.9 and 0.8 the first, whose draft's step is one of its two samples; of 0.1 and 0.2 the second.
  expect(asked(method, log)).toEqual(["step 1 at 1.0", "step 2 at 2.2"]);
});

test("two subtrees whose best step is the same one go on from one node with twice the samples", () => {
  const log = [
    ...BEGUN,
    thoughtAdd(2, "2.0", "0", "b"),
    { type: "thought-repeat", stepId: 2, nodeId: "1.0", index: 1 } as const,
    thoughtAdd(2, "2.2", "0", "d"),
    ...judged(["1.0", 0.9], ["1.1", 0.5], ["2.0", 0.8], ["2.2", 0.2]),
  ];
  // a b | a d: a is the best of both. One of its four samples is the draft's.
  expect(asked(method, log)).toEqual(["step 3 at 1.0"]);
});

test("a subtree whose best is complete is finished; the others go on", () => {
  const log = [
    ...BEGUN,
    thoughtAdd(2, "2.0", "0", "Answer: 2", true),
    thoughtAdd(2, "2.1", "0", "c"),
    thoughtAdd(2, "2.2", "0", "Answer: 3", true),
    ...judged(["1.0", 0.3], ["1.1", 0.5], ["2.0", 0.8], ["2.1", 0.6], ["2.2", 0.2]),
  ];
  expect(asked(method, log)).toEqual(["step 2 at 2.1"]);
});

test("a refuted step is never the best, and a subtree with nothing else ends", () => {
  const log = [
    ...BEGUN,
    thoughtAdd(2, "2.0", "0", "b"),
    thoughtAdd(2, "2.1", "0", "c"),
    thoughtAdd(2, "2.2", "0", "d"),
    ...judged(["1.0", 0, "verdict"], ["1.1", 0, "verdict"], ["2.0", 0.1], ["2.1", 0, "verdict"], ["2.2", 0, "verdict"]),
  ];
  expect(asked(method, log)).toEqual(["step 2 at 2.0"]);
});

test("N that does not divide by M leaves the rest unused: 7 rollouts with M = 3 are two subtrees", () => {
  expect(asked(dvts.create({ beam_width: 3 }, { ...context, rollouts: 7 }), [])).toEqual(["end 1 at 0", "step 5 at 0"]);
  // One rollout is the plain call and nothing else.
  expect(asked(dvts.create({}, { ...context, rollouts: 1 }), [])).toEqual(["end 1 at 0"]);
});

test("at the depth limit what is unfinished is completed, M times", () => {
  const shallow = dvts.create({ beam_width: 2, max_depth: 1 }, context);
  const log = [
    ...BEGUN,
    thoughtAdd(2, "2.0", "0", "b"),
    thoughtAdd(2, "2.1", "0", "c"),
    thoughtAdd(2, "2.2", "0", "d"),
    ...judged(["1.0", 0.1], ["1.1", 0.5], ["2.0", 0.8], ["2.1", 0.6], ["2.2", 0.2]),
  ];
  expect(asked(shallow, log)).toEqual(["end 2 at 2.0", "end 2 at 2.1"]);
});
