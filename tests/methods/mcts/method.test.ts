import { describe, expect, test } from "vitest";
import type { SearchEvent } from "../../../src/core/event.ts";
import type { Node } from "../../../src/core/node.ts";
import type { ProposeStep } from "../../../src/core/step.ts";
import { Tree } from "../../../src/core/tree.ts";
import { commitmentOf } from "../../../src/methods/commitment.ts";
import { ALL_MOVES } from "../../world/all-moves.ts";
import { OPINION } from "../../world/opinion.ts";
import { createPlayer, type Player } from "../../world/player.ts";
import { definitionOf, runWorld, type WorldOptions } from "../../world/search.ts";

/** Judged by estimates alone: no verdict ends the search. */
const JUDGED = { method: "mcts", verifier: OPINION, player: createPlayer(0.2), rollouts: 16 } as const;

function proposals(events: readonly SearchEvent[]): ProposeStep[] {
  return events.flatMap((event) => (event.type === "step-start" && event.step.type === "propose" ? [event.step] : []));
}

async function run(params: Record<string, unknown>, more: Partial<WorldOptions> = {}) {
  return runWorld({ ...JUDGED, params, ...more });
}

describe("what the parameters lead to", () => {
  const mcts = definitionOf("mcts");

  test.each([
    [{}, ["end", "step"]],
    [{ expansion: "rollout" }, ["end"]],
    [{ expansion: "list" }, ["end", "list"]],
    [{ expansion: "list", draft: false }, ["list"]],
    [{ draft: false }, ["end", "step"]],
    [{ draft: false, finish_above: null }, ["step"]],
  ])("%j asks in the roles %j", (params, roles) => {
    expect(mcts.roles(params)).toEqual(roles);
  });

  test.each([
    [{}, ["continuation"]],
    [{ selection: "puct" }, ["continuation", "logprobs"]],
    [{ selection: "puct", prior: "uniform" }, ["continuation"]],
    [{ prior: "logprob" }, ["continuation"]],
    [{ expansion: "list" }, []],
  ])("%j needs %j", (params, needs) => {
    expect(mcts.needs(params)).toEqual(needs);
  });

  test("a discount of 0 or a negative number of iterations is refused", () => {
    expect(mcts.parse({ discount: 0 }).ok).toBe(false);
    expect(mcts.parse({ max_iterations: -1 }).ok).toBe(false);
    expect(mcts.parse({ root_noise: 2 }).ok).toBe(false);
  });
});

test("without a draft the first proposal is a step", async () => {
  const { events } = await run({ draft: false });
  expect(proposals(events)[0]).toMatchObject({ nodeId: "0", role: "step" });
});

test("a partial answer judged at the threshold or above is finished in one call; a poorer one is continued by steps", async () => {
  const { events, tree } = await run({ finish_above: 0.5, exploration_weight: 1 });
  // At width 1 nothing is proposed before all is judged: the score at the time is the score now.
  const judged = proposals(events)
    .slice(1)
    .filter(({ nodeId }) => nodeId !== "0");
  const roles = judged.map(({ nodeId, role }) => [(tree.node(nodeId).scores[0]?.value ?? 0) >= 0.5, role]);
  expect(new Set(roles.map(String))).toEqual(new Set(["true,end", "false,step"]));
});

test("with no threshold every proposal after the draft is a step", async () => {
  const { events } = await run({ finish_above: null });
  expect(
    new Set(
      proposals(events)
        .slice(1)
        .map(({ role }) => role),
    ),
  ).toEqual(new Set(["step"]));
});

test.each([1, 8])("a list expands a node for good: none is asked for a second one, at width %i", async (width) => {
  const { events } = await run({ expansion: "list" }, { ...ALL_MOVES, width });
  const listed = proposals(events).filter(({ role }) => role === "list");
  expect(listed.length).toBeGreaterThan(5);
  expect(new Set(listed.map(({ nodeId }) => nodeId)).size).toBe(listed.length);
  expect(listed.every(({ count }) => count === 1)).toBe(true);
});

test.each([1, 8])("max_iterations bounds the back-ups through the root at width %i", async (width) => {
  const { tree } = await run({ max_iterations: 25 }, { width, rollouts: 1000, seed: 2 });
  expect(tree.end?.reason).toBe("completed");
  // Each step brings one judgement, a repeated one none; the draft brings its whole chain, but comes first.
  expect(tree.root.visits).toBe(25);
});

test("a gate of 0 ends the search with the first judged candidate", async () => {
  const { tree } = await run({ min_value_gate: 0 });
  expect(tree.end?.reason).toBe("early-stop");
  expect(tree.rollouts).toBe(1);
});

test("patience ends the search once so many candidates have changed nothing", async () => {
  const { tree } = await run({ patience: 3, expansion: "rollout" }, { rollouts: 1000 });
  expect(tree.end?.reason).toBe("early-stop");
  expect(tree.rollouts).toBeLessThan(100);
});

test("no node beyond max_depth is continued, though the draft's own steps may lie deeper", async () => {
  const { tree, events } = await run({ max_depth: 1, max_samples: 5 }, { rollouts: 1000 });
  expect(proposals(events).every(({ nodeId }) => tree.node(nodeId).depth < 1)).toBe(true);
});

const certain: Player = {
  play: (_hand, prefix) => "4 + 9 = 13 (left: 10 13 13)\n10 + 13 = 23 (left: 13 23)\nAnswer: 1".slice(prefix.length),
  judge: () => 0.5,
};

test("a model that always says the same is asked max_samples times at each node, and then the search is over", async () => {
  const { tree, events } = await run({ max_samples: 3 }, { player: certain, rollouts: 1000 });
  expect(tree.end?.reason).toBe("completed");
  const samples = new Map<string, number>();
  for (const { nodeId, count } of proposals(events)) samples.set(nodeId, (samples.get(nodeId) ?? 0) + count);
  // The draft was one sample at each.
  expect([...samples.values()]).toEqual([3, 2, 2]);
});

test.each([1, 8])(
  "after a commitment nothing is asked outside of it, and none is taken back: width %i",
  async (width) => {
    const { events, setup } = await run({ iterations_per_step: 12, exploration_weight: 0.5 }, { width, rollouts: 60 });
    const tree = new Tree(setup.answers, setup.method.backup);
    const roots: Node[] = [tree.root];
    for (const event of events) {
      const { root } = commitmentOf(tree, { first: 12, further: 12 });
      const last = roots.at(-1);
      if (root !== last) {
        expect(last === undefined || isBelow(root, last)).toBe(true);
        roots.push(root);
      }
      if (event.type === "step-start" && event.step.type === "propose" && event.step.role === "step") {
        expect(isBelow(tree.node(event.step.nodeId), root)).toBe(true);
      }
      tree.apply(event);
    }
    expect(roots.length).toBeGreaterThan(2);
  },
);

function isBelow(node: Node, ancestor: Node): boolean {
  for (let at: Node | null = node; at !== null; at = at.parent) if (at === ancestor) return true;
  return false;
}
