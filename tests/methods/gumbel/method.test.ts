import { describe, expect, test } from "vitest";
import type { SearchEvent, SearchEventBody } from "../../../src/core/event.ts";
import { createRandom } from "../../../src/core/random.ts";
import type { ProposeStep } from "../../../src/core/step.ts";
import { Tree } from "../../../src/core/tree.ts";
import { scoreAdd, stepEnd, stepStart, thoughtAdd, treeOf } from "../../world/log.ts";
import { OPINION } from "../../world/opinion.ts";
import { createPlayer } from "../../world/player.ts";
import { definitionOf, runWorld, type WorldOptions } from "../../world/search.ts";

const JUDGED = {
  method: "gumbel",
  verifier: OPINION,
  player: createPlayer(0.2),
  rollouts: 12,
  seed: 1,
  hand: "1 4 6 9",
} as const;

async function run(params: Record<string, unknown>, more: Partial<WorldOptions> = {}) {
  return runWorld({ ...JUDGED, params, ...more });
}

function methodWith(params: Record<string, unknown>, seed: number, rollouts = 12) {
  return definitionOf("gumbel").create(params, { rollouts, verifier: null, seed });
}

test.each([1, 4, 64])("4 actions share 12 rollouts as 1, 1, 5, 5, at width %i", async (width) => {
  const { tree } = await run({ root_actions: 4 }, { width });
  expect(tree.root.children).toHaveLength(4);
  expect(tree.root.children.map(({ rollouts }) => rollouts).sort()).toEqual([1, 1, 5, 5]);
});

test("the actions are halved when nothing is in flight, at any width", async () => {
  const { events, setup } = await run({ root_actions: 4 }, { width: 64 });
  const tree = new Tree(setup.answers, setup.method.backup);
  const openAtHalving: number[] = [];
  let simulated = 0;
  for (const event of events) {
    const isSimulation = isProposal(event) && event.step.nodeId !== "0";
    // Each action has one simulation: the draft's and three more. The fifth is the first of the better half.
    if (isSimulation && ++simulated === 4) openAtHalving.push(tree.openSteps.size);
    tree.apply(event);
  }
  expect(openAtHalving).toEqual([0]);
});

function isProposal(event: SearchEvent): event is SearchEvent & { readonly step: ProposeStep } {
  return event.type === "step-start" && event.step.type === "propose";
}

test("there are never more actions than rollouts, and the draft's first step is one of them", async () => {
  const { events } = await run({ root_actions: 16 }, { rollouts: 5 });
  const atRoot = events.filter(isProposal).filter(({ step }) => step.nodeId === "0");
  expect(atRoot.map(({ step }) => [step.role, step.count])).toEqual([
    ["end", 1],
    ["step", 4],
  ]);
});

/** Three first steps, each simulated once: "2.0" is the candidate below a, "3.0" below b, "4.0" below c. */
const three: readonly SearchEventBody[] = [
  stepStart(1, { type: "propose", nodeId: "0", count: 3, role: "step" }),
  thoughtAdd(1, "1.0", "0", "a"),
  thoughtAdd(1, "1.1", "0", "b"),
  thoughtAdd(1, "1.2", "0", "c"),
  stepEnd(1),
  ...["1.0", "1.1", "1.2"].flatMap((nodeId, index): SearchEventBody[] => {
    const stepId = 2 + index;
    return [
      stepStart(stepId, { type: "propose", nodeId, count: 1, role: "end" }),
      thoughtAdd(stepId, `${stepId}.0`, nodeId, `Answer: ${index}`, true),
      stepEnd(stepId),
    ];
  }),
];

function grown(answers: readonly [number, number, number], more: readonly SearchEventBody[] = []) {
  const log = [
    ...three,
    stepStart(9, { type: "verify", nodeIds: ["2.0", "3.0", "4.0"] }),
    ...answers.map((value, index) => scoreAdd(9, `${2 + index}.0`, value)),
    stepEnd(9),
    ...more,
  ];
  return treeOf(log, methodWith({}, 1).backup);
}

describe("Gumbel noise", () => {
  const decide = (scale: number, seed: number) => {
    const decision = methodWith({ root_actions: 3, gumbel_scale: scale }, seed).next(
      grown([0.5, 0.5, 0.5]),
      createRandom(seed, "decision", 9),
    );
    if (decision.type !== "step" || decision.step.type !== "propose") throw new Error(decision.type);
    const { nodeId } = decision.step;
    return nodeId;
  };
  const SEEDS = Array.from({ length: 30 }, (_unused, index) => index);

  test("at scale 0 nothing is left to chance: equal actions go in creation order, whatever the seed", () => {
    expect(new Set(SEEDS.map((seed) => decide(0, seed)))).toEqual(new Set(["1.0"]));
  });

  test("at scale 1 the seed decides among equals, always alike", () => {
    expect(new Set(SEEDS.map((seed) => decide(1, seed)))).toEqual(new Set(["1.0", "1.1", "1.2"]));
    expect(SEEDS.map((seed) => decide(1, seed))).toEqual(SEEDS.map((seed) => decide(1, seed)));
  });
});

describe("what is served", () => {
  const NO_NOISE = { gumbel_scale: 0, root_actions: 3 };

  test("the best candidate of the highest ranked of the most simulated actions", () => {
    const tree = grown([0.2, 0.6, 0.4]);
    expect(methodWith(NO_NOISE, 1).answer(tree)).toMatchObject({ node: { id: "3.0" }, score: 0.6 });
  });

  test("not the best candidate of all: an action that dropped out is not served", () => {
    // b has 0.6 after one simulation, c has 0.4 and 0.5 after two.
    const tree = grown(
      [0.2, 0.6, 0.4],
      [
        stepStart(10, { type: "propose", nodeId: "1.2", count: 1, role: "end" }),
        thoughtAdd(10, "10.0", "1.2", "Answer: 9", true),
        stepEnd(10),
        stepStart(11, { type: "verify", nodeIds: ["10.0"] }),
        scoreAdd(11, "10.0", 0.5),
        stepEnd(11),
      ],
    );
    expect(methodWith(NO_NOISE, 1).answer(tree)).toMatchObject({ node: { id: "10.0" }, score: 0.5 });
  });

  test("a first step that is an answer by itself is known after one look, and competes to the end", () => {
    const tree = grown(
      [0.2, 0.6, 0.4],
      [
        stepStart(10, { type: "propose", nodeId: "0", count: 1, role: "step" }),
        thoughtAdd(10, "10.0", "0", "Answer: 7", true),
        stepEnd(10),
        stepStart(11, { type: "verify", nodeIds: ["10.0"] }),
        scoreAdd(11, "10.0", 0.8),
        stepEnd(11),
      ],
    );
    expect(methodWith(NO_NOISE, 1).answer(tree)).toMatchObject({ node: { id: "10.0" }, score: 0.8 });
  });
});

test("when no sampled step can be simulated another is sampled", () => {
  const tree = treeOf([
    stepStart(1, { type: "propose", nodeId: "0", count: 1, role: "step" }),
    thoughtAdd(1, "1.0", "0", "false"),
    thoughtAdd(1, "1.1", "1.0", "Answer: 1", true),
    stepEnd(1),
    stepStart(2, { type: "verify", nodeIds: ["1.0", "1.1"] }),
    scoreAdd(2, "1.0", 0, "verdict"),
    scoreAdd(2, "1.1", 0, "verdict"),
    stepEnd(2),
  ]);
  expect(methodWith({ root_actions: 1 }, 1).next(tree, createRandom(1))).toEqual({
    type: "step",
    step: { type: "propose", nodeId: "0", count: 1, role: "step" },
  });
});

test("log-probabilities are needed only where they are the logits", () => {
  expect(definitionOf("gumbel").needs({})).toEqual(["continuation"]);
  expect(definitionOf("gumbel").needs({ prior: "logprob" })).toEqual(["continuation", "logprobs"]);
});
