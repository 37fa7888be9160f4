import { expect, test } from "vitest";
import { particleFilter } from "../../../src/methods/particle-filter/method.ts";
import { asked } from "../../world/decisions.ts";
import { scoreAdd, stepEnd, stepStart, thoughtAdd, treeOf } from "../../world/log.ts";
import { runWorld } from "../../world/search.ts";

const context = { rollouts: 4, verifier: { name: "prm", scope: "all", isComparative: false }, seed: 1 } as const;
const method = particleFilter.create({}, context);

/** Certain to be drawn against anything of 0.5 or less: its odds are ten million. */
const SURE = 1;
/** The same the other way round. */
const LOST = 0;

/** Four particles at the root: two go to a (one of them the draft), one to an answer, one to b. */
function moved(a: number, answer: number, b: number, kind: "estimate" | "verdict" = "estimate") {
  return [
    stepStart(1, { type: "propose", nodeId: "0", count: 1, role: "end" }, 1),
    thoughtAdd(1, "1.0", "0", "a"),
    thoughtAdd(1, "1.1", "1.0", "Answer: 1", true),
    stepEnd(1),
    stepStart(2, { type: "propose", nodeId: "0", count: 3, role: "step" }),
    { type: "thought-repeat", stepId: 2, nodeId: "1.0", index: 0 } as const,
    thoughtAdd(2, "2.1", "0", "Answer: 2", true),
    thoughtAdd(2, "2.2", "0", "b"),
    stepEnd(2),
    stepStart(3, { type: "verify", nodeIds: ["1.0", "1.1", "2.1", "2.2"] }),
    scoreAdd(3, "1.0", a, kind),
    scoreAdd(3, "1.1", 0.5),
    scoreAdd(3, "2.1", answer, kind),
    scoreAdd(3, "2.2", b, kind),
    stepEnd(3),
  ];
}

test("all particles begin at the root, the draft's first step among them", () => {
  expect(asked(method, [])).toEqual(["end 1 at 0", "step 3 at 0"]);
  expect(asked(particleFilter.create({ particles: 2 }, context), [])).toEqual(["end 1 at 0", "step 1 at 0"]);
});

test("the particles are drawn anew by weight: all four go to the step that alone has any to speak of", () => {
  expect(asked(method, moved(LOST, LOST, 0.5))).toEqual(["step 4 at 2.2"]);
  // Below a there is the draft's second step already.
  expect(asked(method, moved(0.5, LOST, LOST))).toEqual(["step 3 at 1.0"]);
});

test("a stopped particle takes part with its last weight: when all are drawn to it, the search is over", () => {
  expect(asked(method, moved(LOST, SURE, 0.5))).toEqual(["completed"]);
  expect(method.answer(treeOf(moved(LOST, SURE, 0.5)))?.node.id).toBe("2.1");
});

test("a stopped particle keeps its place over later rounds, and is weighed again against the new steps", () => {
  const { steps, stopped } = nextRound(0.5);
  expect(stopped).toBe(true);
  // b's particles have moved to a step that is lost: only the stopped one is left to be drawn.
  expect(steps).toEqual(["completed"]);
});

/** Equal weights at first, with a seed that draws both the answer and b; then what follows b is hopeless. */
function nextRound(weight: number): { readonly steps: string[]; readonly stopped: boolean } {
  for (let seed = 0; seed < 50; seed++) {
    const seeded = particleFilter.create({}, { ...context, seed });
    const log = moved(LOST, weight, weight);
    const count = /^step (\d) at 2.2$/.exec(asked(seeded, log).join())?.[1];
    if (count === undefined || count === "4") continue;
    const later = [
      ...log,
      stepStart(4, { type: "propose", nodeId: "2.2", count: Number(count), role: "step" }),
      ...Array.from({ length: Number(count) }, (_unused, index) => thoughtAdd(4, `4.${index}`, "2.2", `c${index}`)),
      stepEnd(4),
      stepStart(5, {
        type: "verify",
        nodeIds: Array.from({ length: Number(count) }, (_unused, index) => `4.${index}`),
      }),
      ...Array.from({ length: Number(count) }, (_unused, index) => scoreAdd(5, `4.${index}`, LOST)),
      stepEnd(5),
    ];
    return { steps: asked(seeded, later), stopped: method.answer(treeOf(later)) !== null };
  }
  throw new Error("no seed of fifty drew both");
}

test("refuted particles have no weight at all; where all are refuted the search is over", () => {
  expect(asked(method, moved(0, 0, 0, "verdict"))).toEqual(["completed"]);
});

test("what is served is a particle of the end: an answer that was drawn away is not, though it scored higher", () => {
  const log = [
    ...moved(LOST, 0.9, SURE),
    stepStart(4, { type: "propose", nodeId: "2.2", count: 4, role: "step" }),
    thoughtAdd(4, "4.0", "2.2", "Answer: 3", true),
    thoughtAdd(4, "4.1", "2.2", "Answer: 4", true),
    { type: "thought-repeat", stepId: 4, nodeId: "4.0", index: 2 } as const,
    { type: "thought-repeat", stepId: 4, nodeId: "4.0", index: 3 } as const,
    stepEnd(4),
    stepStart(5, { type: "verify", nodeIds: ["4.0", "4.1"] }),
    scoreAdd(5, "4.0", 0.6),
    scoreAdd(5, "4.1", 0.6),
    stepEnd(5),
  ];
  expect(asked(method, log)).toEqual(["completed"]);
  expect(["4.0", "4.1"]).toContain(method.answer(treeOf(log))?.node.id);
});

test("at the depth limit a particle is completed in one go, and has stopped at the end of the chain that this brings", () => {
  const shallow = particleFilter.create({ max_depth: 1 }, context);
  const level = moved(LOST, LOST, 0.5);
  expect(asked(shallow, level)).toEqual(["end 4 at 2.2"]);
  const log = [
    ...level,
    stepStart(4, { type: "propose", nodeId: "2.2", count: 4, role: "end" }),
    thoughtAdd(4, "4.0", "2.2", "c"),
    thoughtAdd(4, "4.1", "4.0", "Answer: 3", true),
    ...[2, 4, 6].flatMap((index) => [repeat("4.0", index), repeat("4.1", index + 1)]),
    stepEnd(4),
    ...judged(5, [
      ["4.0", 0.5],
      ["4.1", 0.5],
    ]),
  ];
  expect(asked(shallow, log)).toEqual(["completed"]);
  expect(shallow.answer(treeOf(log))?.node.id).toBe("4.1");
});

function repeat(nodeId: string, index: number) {
  return { type: "thought-repeat", stepId: 4, nodeId, index } as const;
}

test("Particle Gibbs: a second run takes samples of its own, a reference of the first walks along and may be drawn", () => {
  const gibbs = particleFilter.create({ iterations: 2 }, context);
  // Two particles each: the draft's a is sure, b is lost. Both go to a, where the draft's answer and one more await
  // them.
  const first = [
    stepStart(1, { type: "propose", nodeId: "0", count: 1, role: "end" }, 1),
    thoughtAdd(1, "1.0", "0", "a"),
    thoughtAdd(1, "1.1", "1.0", "Answer: 1", true),
    stepEnd(1),
    stepStart(2, { type: "propose", nodeId: "0", count: 1, role: "step" }),
    thoughtAdd(2, "2.0", "0", "b"),
    stepEnd(2),
    ...judged(3, [
      ["1.0", SURE],
      ["1.1", 0.5],
      ["2.0", LOST],
    ]),
  ];
  expect(asked(gibbs, first)).toEqual(["step 1 at 1.0"]);
  const second = [
    ...first,
    stepStart(4, { type: "propose", nodeId: "1.0", count: 1, role: "step" }),
    thoughtAdd(4, "4.0", "1.0", "Answer: 2", true),
    stepEnd(4),
    ...judged(5, [["4.0", LOST]]),
  ];
  // Both have stopped at answer 1, which is the reference: beside it one free particle begins at the root.
  expect(asked(gibbs, second)).toEqual(["step 1 at 0"]);
  expect(asked(particleFilter.create({ particles: 2 }, context), second)).toEqual(["completed"]);
  const third = [
    ...second,
    stepStart(6, { type: "propose", nodeId: "0", count: 1, role: "step" }),
    thoughtAdd(6, "6.0", "0", "c"),
    stepEnd(6),
    ...judged(7, [["6.0", LOST]]),
  ];
  // c is lost against the reference's first step, a: the free particle goes on from there, with a sample of its own.
  expect(asked(gibbs, third)).toEqual(["step 1 at 1.0"]);
  const fourth = [
    ...third,
    stepStart(8, { type: "propose", nodeId: "1.0", count: 1, role: "step" }),
    thoughtAdd(8, "8.0", "1.0", "Answer: 3", true),
    stepEnd(8),
    ...judged(9, [["8.0", 0.9]]),
  ];
  expect(asked(gibbs, fourth)).toEqual(["completed"]);
  // Answer 3, or the reference where the draw went to it: never what the first run has drawn away.
  expect(["8.0", "1.1"]).toContain(gibbs.answer(treeOf(fourth))?.node.id);
});

function judged(stepId: number, scores: readonly (readonly [string, number])[]) {
  return [
    stepStart(stepId, { type: "verify", nodeIds: scores.map(([id]) => id) }),
    ...scores.map(([id, score]) => scoreAdd(stepId, id, score)),
    stepEnd(stepId),
  ];
}

test("drawn by weight, different seeds serve different particles; the same seed always the same", async () => {
  const servedBy = async (seed: number) => {
    const { tree } = await runWorld({
      method: "particle-filter",
      params: { serve: "sample" },
      verifiers: ["judge"],
      rollouts: 16,
      seed: 3,
    });
    const again = particleFilter.create({ serve: "sample" }, { ...context, rollouts: 16, seed });
    expect(again.answer(tree)).toEqual(again.answer(tree));
    return again.answer(tree)?.node.id;
  };
  const served = await Promise.all(Array.from({ length: 12 }, (_unused, seed) => servedBy(seed)));
  expect(new Set(served).size).toBeGreaterThan(1);
});
