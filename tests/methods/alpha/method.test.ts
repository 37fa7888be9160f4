import { describe, expect, test } from "vitest";
import type { SearchEvent, SearchEventBody } from "../../../src/core/event.ts";
import { createRandom } from "../../../src/core/random.ts";
import { COMPLETED, type ProposeStep } from "../../../src/core/step.ts";
import { SIMULATE } from "../../../src/methods/alpha/returns.ts";
import { stepEnd, stepStart, thoughtAdd, treeOf } from "../../world/log.ts";
import { OPINION } from "../../world/opinion.ts";
import { createPlayer, type Player } from "../../world/player.ts";
import { definitionOf, runWorld, type WorldOptions } from "../../world/search.ts";
import { saysSame } from "./cases.ts";

const ALPHA = definitionOf("alpha");
const WORLD = { method: "alpha", verifier: OPINION, hand: "1 4 6 9", player: createPlayer(0.2), rollouts: 24 } as const;

async function run(params: Record<string, unknown>, more: Partial<WorldOptions> = {}) {
  return runWorld({ ...WORLD, params, ...more });
}

function proposals(events: readonly SearchEvent[]): ProposeStep[] {
  return events.flatMap((event) => (event.type === "step-start" && event.step.type === "propose" ? [event.step] : []));
}

describe("what the parameters lead to", () => {
  test.each([
    [{}, ["step", "end", "simulate"], []],
    [{ simulations: 0, rollout_model: "fast" }, ["step", "end"], []],
    [{ merge: "judge", rollout_model: "fast" }, ["step", "end", "simulate", "same"], ["fast"]],
  ])("%j: roles %j, models %j", (params, roles, models) => {
    expect(ALPHA.roles(params)).toEqual(roles);
    expect(ALPHA.models(params)).toEqual(models);
  });

  test("steps must be scored", () => {
    expect(ALPHA.needs({})).toContain("step-scores");
  });
});

describe("fast rollouts", () => {
  test.each([1, 8])("come once below an option, J in one call and from the other model, at width %i", async (width) => {
    const { events, tree } = await run({ simulations: 2, rollout_model: "fast" }, { width });
    const rollouts = proposals(events).filter(({ role }) => role === SIMULATE);
    expect(rollouts.length).toBeGreaterThan(2);
    expect(new Set(rollouts.map(({ nodeId }) => nodeId)).size).toBe(rollouts.length);
    for (const { model, count, nodeId } of rollouts) {
      expect(model).toBe("fast");
      expect(count).toBeLessThanOrEqual(2);
      expect(tree.node(nodeId).depth).toBeGreaterThan(0);
    }
    expect(proposals(events).every(({ role, model }) => role === SIMULATE || model === undefined)).toBe(true);
  });

  test("the draft's own steps have a completion below them already: with J = 1 they get no other", async () => {
    const { events, tree } = await run({ simulations: 1 });
    const drafted = new Set(tree.nodes.filter(({ role }) => role === "end").map(({ id }) => id));
    expect(drafted.size).toBeGreaterThan(2);
    for (const { nodeId, role } of proposals(events)) if (role === SIMULATE) expect(drafted).not.toContain(nodeId);
  });

  test("a refuted option gets none", async () => {
    const { verifier: _unused, ...world } = WORLD;
    const { events, tree } = await runWorld({ ...world, verifiers: ["game-of-24", "judge"], hand: "3 3 8 8" });
    const refuted = tree.nodes.filter(({ scores, isTerminal }) => !isTerminal && scores.at(-1)?.kind === "verdict");
    expect(refuted.length).toBeGreaterThan(3);
    const simulated = new Set(proposals(events).flatMap(({ role, nodeId }) => (role === SIMULATE ? [nodeId] : [])));
    expect(refuted.filter(({ id, scores }) => simulated.has(id) && scores.at(-1)?.value === 0)).toEqual([]);
  });
});

test("the first option of a node is greedy where that is asked for, all others are sampled", async () => {
  const { events } = await run({ greedy_first: true, temperature: 0.8, simulations: 0 });
  const seen = new Set<string>(["0"]);
  // The root's first is the draft: the request's own temperature, as in a plain call.
  expect(proposals(events)[0]).toEqual({ type: "propose", nodeId: "0", count: 1, role: "end" });
  let greedy = 0;
  for (const { nodeId, temperature, count } of proposals(events).slice(1)) {
    if (temperature === 0) {
      greedy++;
      expect(count).toBe(1);
      expect(seen).not.toContain(nodeId);
    } else expect(temperature).toBe(0.8);
    seen.add(nodeId);
  }
  expect(greedy).toBeGreaterThan(2);
});

test("at the depth limit the rest of the answer is one option", async () => {
  const { events, tree } = await run({ max_depth: 2, simulations: 0 });
  for (const { nodeId, role } of proposals(events).slice(1)) {
    expect(tree.node(nodeId).depth).toBeLessThan(2);
    expect(role).toBe(tree.node(nodeId).depth === 1 ? "end" : "step");
  }
});

describe("the search goes on until enough is done", () => {
  const PLENTY = { rollouts: 1000, width: 1 } as const;

  test("both evaluations and candidates must be enough", async () => {
    const few = await run({ search_time: 10, min_terminals: 3 }, PLENTY);
    expect(few.tree.root.weightSum).toBeGreaterThanOrEqual(10);
    const more = await run({ search_time: 10, min_terminals: 20 }, PLENTY);
    expect(more.tree.rollouts).toBeGreaterThanOrEqual(20);
    expect(more.tree.root.weightSum).toBeGreaterThan(few.tree.root.weightSum);
    expect(few.tree.end?.reason).toBe("completed");
  });

  test("ten times the evaluations are the end, however few candidates there are", async () => {
    const { tree } = await run({ search_time: 2, min_terminals: 500 }, PLENTY);
    expect(tree.root.weightSum).toBeGreaterThanOrEqual(20);
    expect(tree.root.weightSum).toBeLessThan(26);
    expect(tree.rollouts).toBeLessThan(500);
  });
});

test("equal steps merged, no node is asked beyond its places times the trials", async () => {
  const stubborn: Player = {
    play: (_hand, prefix) => "1 + 4 = 5 (left: 5 6 9)\nAnswer: 5".slice(prefix.length),
    judge: () => 0.5,
  };
  const { events, tree } = await run({ max_trials: 2, simulations: 0 }, { player: stubborn, rollouts: 1000 });
  expect(tree.end?.reason).toBe("completed");
  const samples = new Map<string, number>();
  for (const { nodeId, count } of proposals(events)) samples.set(nodeId, (samples.get(nodeId) ?? 0) + count);
  // The root: the draft's step, and two places with three trials each. Below it: an answer is not sampled anew.
  expect([...samples.values()]).toEqual([1 + 2 * 3, 2]);
});

test("steps that a judge calls the same are merged: only one of them is continued", async () => {
  const { events, tree } = await run({ merge: "judge", max_trials: 64 }, { reply: saysSame, width: 4 });
  const said = events.flatMap((event) => (event.type === "comparison-add" ? [event.value] : []));
  expect(said).toContain(1);
  const continued = new Set(proposals(events).map(({ nodeId }) => nodeId));
  for (const event of events) {
    if (event.type !== "step-start" || event.step.type !== "compare") continue;
    const [first, second] = event.step.nodeIds;
    if (tree.comparisonOf("same", first, second) === 1)
      expect(continued.has(first) && continued.has(second)).toBe(false);
  }
});

test("a candidate said again backs its judgement up again", async () => {
  const stubborn: Player = {
    play: (_hand, prefix) => "1 + 4 = 5 (left: 5 6 9)\nAnswer: 5".slice(prefix.length),
    judge: () => 0.5,
  };
  const { tree } = await run({ simulations: 0 }, { player: stubborn });
  const [answer] = tree.terminals;
  expect(answer?.repeats).toBeGreaterThan(0);
  expect(answer?.visits).toBe(1 + (answer?.repeats ?? 0));
});

test("samples that only repeat a fast rollout take their places: they are not asked for again and again", () => {
  const log: SearchEventBody[] = [
    stepStart(1, { type: "propose", nodeId: "0", count: 1, role: "step" }),
    thoughtAdd(1, "1.0", "0", "4 * 6 = 24\n"),
    stepEnd(1),
    stepStart(2, { type: "propose", nodeId: "1.0", count: 1, role: SIMULATE }),
    thoughtAdd(2, "2.0", "1.0", "Answer: 24", true),
    stepEnd(2),
    stepStart(3, { type: "propose", nodeId: "1.0", count: 3, role: "step" }),
    ...[0, 1, 2].map((index) => ({ type: "thought-repeat", stepId: 3, nodeId: "2.0", index }) as const),
    stepEnd(3),
  ];
  const method = ALPHA.create({ root_children: 1, min_children: 3 }, { rollouts: 100, verifier: null, seed: 1 });
  const next = (events: readonly SearchEventBody[]) => method.next(treeOf(events, method.backup), createRandom(1));
  expect(next(log)).toEqual(COMPLETED);
  expect(next(log.slice(0, 6))).toMatchObject({ step: { nodeId: "1.0", count: 3, role: "step" } });
});
