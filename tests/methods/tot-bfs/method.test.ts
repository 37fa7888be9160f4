import { expect, test } from "vitest";
import { askedAt } from "../../../src/core/node.ts";
import type { Tree } from "../../../src/core/tree.ts";
import { type ListedWorld, listedWorld } from "../../world/listed.ts";
import { createPlayer } from "../../world/player.ts";
import { runWorld, type WorldOptions, type WorldRun } from "../../world/search.ts";
import { voteForSolvable } from "../../world/votes.ts";

/** Three steps of which two lead on, and two answers. */
const WORLD: ListedWorld = {
  lists: {
    "": ["a", "b", "c"],
    a: ["d", "Answer: 1"],
    b: ["e"],
    c: ["f"],
    "a d": ["Answer: 2"],
    "b e": ["Answer: 3"],
    "c f": ["Answer: 4"],
  },
  values: { a: 0.4, b: 0.4, c: 0.6, "a d": 0.7, "b e": 0.5, "c f": 0.1, "a Answer: 1": 0.9, "a d Answer: 2": 0.2 },
};

async function run(world: ListedWorld, params: Record<string, unknown>, options: Partial<WorldOptions> = {}) {
  return runWorld({
    method: "tot-bfs",
    params: { generate: "propose", draft: false, ...params },
    rollouts: 100,
    ...listedWorld(world),
    ...options,
  });
}

/** The states whose list was asked for, in that order. */
function expanded({ tree, events }: WorldRun): string[] {
  return events.flatMap((event) =>
    event.type === "step-start" && event.step.type === "propose" && event.step.role === "list"
      ? [pathOf(tree, event.step.nodeId)]
      : [],
  );
}

function pathOf(tree: Tree, id: string): string {
  return tree.textOf(tree.node(id)).trim().split("\n").join(" ");
}

test("of each level the best b go on, and of equals the earliest", async () => {
  const found = await run(WORLD, { breadth: 2 });
  // c 0.6, then a before b, both 0.4; of d 0.7 and f 0.1 both fit into the beam of two.
  expect(expanded(found)).toEqual(["", "c", "a", "a d", "c f"]);
});

test("a completed candidate stays an output although better states fill the beam, and takes no place in it", async () => {
  expect(expanded(await run(WORLD, { breadth: 1 }))).toEqual(["", "c", "c f"]);
  const { tree } = await run(WORLD, { breadth: 2 });
  expect(tree.terminals.map(({ id }) => pathOf(tree, id))).toEqual(["a Answer: 1", "a d Answer: 2", "c f Answer: 4"]);
  // Valued 0.9 at the second level, it is served, not one of the last level.
  expect(pathOf(tree, tree.end?.answerNodeId ?? "")).toBe("a Answer: 1");
});

test("states valued below the bound are dropped, those at it and those without a value are not", async () => {
  const values = { a: 0.4, b: 0.39 };
  const found = await run({ ...WORLD, values }, { breadth: 5, prune_below: 0.4 });
  expect(expanded(found)).toEqual(["", "a", "c", "a d", "c f"]);
});

test("a line that is listed twice counts once", async () => {
  const { tree } = await run(
    { lists: { "": ["a", "a", "b"] }, values: { a: 0.9, b: 0.1 } },
    { breadth: 2, max_depth: 2 },
  );
  expect(tree.root.children.map(({ id, repeats }) => [pathOf(tree, id), repeats])).toEqual([
    ["a", 1],
    ["b", 0],
  ]);
});

test("a state that is asked for its list is not asked again when the list repeats what is there", async () => {
  const world: ListedWorld = { lists: { "": ["draft"], draft: ["Answer: 1"] }, values: {} };
  // The draft says "draft" and is complete; the list brings the same line as a step, then its answer.
  const { tree, model } = await run(world, { draft: true, max_depth: 3 });
  expect(tree.root.asked).toEqual(
    new Map([
      ["end", 1],
      ["list", 1],
    ]),
  );
  expect(model.calls).toHaveLength(3);
});

test("at the last level the states kept are completed in one go", async () => {
  const found = await run(WORLD, { breadth: 2, max_depth: 1 });
  const { tree } = found;
  expect(expanded(found)).toEqual([""]);
  expect(tree.terminals.map(({ id }) => pathOf(tree, id))).toEqual(["c draft", "a draft"]);
});

test("sampling takes k steps per state, the draft's step among them", async () => {
  const { tree } = await runWorld({
    method: "tot-bfs",
    params: { samples: 3, breadth: 2, max_depth: 1 },
    verifiers: ["judge"],
    rollouts: 100,
    player: createPlayer(0.5),
  });
  const taken = tree.root.children.reduce((sum, child) => sum + 1 + child.repeats, 0);
  expect([taken, askedAt(tree.root, "end"), askedAt(tree.root, "step")]).toEqual([3, 1, 2]);
});

test("a comparative verifier votes once per level over its partial states, and at the end over all answers", async () => {
  const { tree, events } = await runWorld({
    method: "tot-bfs",
    params: { samples: 3, breadth: 1 },
    verifiers: ["vote"],
    reply: voteForSolvable,
    rollouts: 100,
    width: 8,
    player: createPlayer(0.5),
  });
  const votes = events.flatMap((event) =>
    event.type === "step-start" && event.step.type === "verify" ? [event.step.nodeIds] : [],
  );
  const depths = votes.map((ids) => [...new Set(ids.map((id) => tree.node(id).depth))]);
  // The beam of one goes down the levels 1 to 3; the answers lie at depth 4 and are put side by side at last.
  expect(depths).toEqual([[1], [2], [3], [4]]);
  expect(votes.at(-1)).toEqual(tree.terminals.map(({ id }) => id));
});

test("the paper's creative writing: five plans, a vote, five passages from the best, a vote", async () => {
  const { tree, events } = await runWorld({
    method: "tot-bfs",
    params: { samples: 5, breadth: 1, max_depth: 1, draft: false },
    verifiers: ["vote"],
    reply: voteForSolvable,
    rollouts: 100,
    width: 8,
  });
  const asked = events.flatMap((event) =>
    event.type === "step-start"
      ? [event.step.type === "propose" ? `${event.step.role} ${event.step.count}` : "vote"]
      : [],
  );
  expect(asked).toEqual(["step 5", "vote", "end 5", "vote"]);
  expect(tree.rollouts).toBe(5);
});
