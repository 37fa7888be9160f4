import { expect, test } from "vitest";
import { ALL_MOVES, allHands, CONSTANT_VALUE, EXACT_VALUE } from "../../world/all-moves.ts";
import { type ListedWorld, listedWorld } from "../../world/listed.ts";
import { runWorld, type WorldOptions, type WorldRun } from "../../world/search.ts";
import { voteForSolvable } from "../../world/votes.ts";

const PUBLISHED = { generate: "propose", lists: 1, look_ahead: 0, draft: false } as const;

async function run(world: ListedWorld, params: Record<string, unknown> = {}, options: Partial<WorldOptions> = {}) {
  const method = { method: "tot-dfs", params: { ...PUBLISHED, ...params }, rollouts: 100 } as const;
  return runWorld({ ...method, ...listedWorld(world), ...options });
}

/** The states that were visited, by their steps; "a..." is a that was completed in one go. */
function visited({ tree, events }: WorldRun): string[] {
  return events.flatMap((event) => {
    if (event.type !== "step-start" || event.step.type !== "propose") return [];
    const path = tree.textOf(tree.node(event.step.nodeId)).trim().split("\n").join(" ");
    return event.step.role === "end" ? `${path}...` : path;
  });
}

const WORLD: ListedWorld = {
  lists: {
    "": ["a", "b", "c"],
    a: ["Answer: 1"],
    b: ["d", "e"],
    c: ["f"],
    "b d": ["Answer: 2"],
    "b e": ["Answer: 3"],
    "c f": ["Answer: 4"],
  },
  values: { a: 0.5, b: 0.9, c: 0.7, "b d": 0.2, "b e": 0.8, "c f": 0.9 },
};

test("the best child first, to the bottom, and back to the next best where nothing is left", async () => {
  expect(visited(await run(WORLD))).toEqual(["", "b", "b e", "b d", "c", "c f", "a"]);
});

test("the bound is on the child's own value: a good state's bad child is not visited, nor what is below it", async () => {
  // c f is worth 0.9, but c with its 0.7 is not visited.
  expect(visited(await run(WORLD, { prune_below: 0.75 }))).toEqual(["", "b", "b e"]);
  expect(visited(await run(WORLD, { prune_below: 0.7 }))).toEqual(["", "b", "b e", "c", "c f"]);
});

test("a recorded output returns: at the depth limit a state is completed once, and the walk goes on beside it", async () => {
  const found = await run(WORLD, { max_depth: 1 });
  expect(visited(found)).toEqual(["", "b...", "c...", "a..."]);
  expect(found.tree.rollouts).toBe(3);
});

test("what completes a state is a chain of steps that the walk does not enter: each of four states is asked for once", async () => {
  const params = { samples: 3, max_depth: 1, max_states: 4, look_ahead: 0, draft: false };
  const { tree, events } = await runWorld({ method: "tot-dfs", params, verifiers: ["judge"], rollouts: 100, seed: 2 });
  const roles = events.flatMap((event) =>
    event.type === "step-start" && event.step.type === "propose" ? [event.step.role] : [],
  );
  expect(roles).toEqual(["step", "end", "end", "end"]);
  expect(tree.rollouts).toBe(3);
});

test("at most so many children of a state are visited, the best; completed ones are recorded and take no place", async () => {
  const lists = { "": ["a", "b", "Answer: 1", "c", "d"], b: ["Answer: 2"], d: ["Answer: 3"] };
  const values = { a: 0.1, b: 0.9, c: 0.7, d: 0.8, "Answer: 1": 1 };
  const found = await run({ lists, values }, { max_children: 2 });
  expect(visited(found)).toEqual(["", "b", "d"]);
  expect(found.tree.rollouts).toBe(3);
});

test("at most so many states are visited in all, those asked for ahead of the walk included", async () => {
  expect(visited(await run(WORLD, { max_states: 4 }))).toEqual(["", "b", "b e", "b d"]);
  const ahead = visited(await run(WORLD, { max_states: 4, look_ahead: 2 }, { width: 8 }));
  expect(ahead).toEqual(["", "b", "c", "a"]);
});

test("without scores the proposer's confidence is the order, and what it says several times adds up", async () => {
  const labels = { certain: 1, high: 0.5, medium: 0.2, low: 0.1 };
  const list = ["a (medium)", "b (low)", "c (high)", "b (low)", "b (low)", "d"];
  // c 0.5, then b 3 * 0.1 before a 0.2; d has no mark.
  const found = await run({ lists: { "": list }, values: {}, labels }, { max_children: 4, max_depth: 1 });
  expect(visited(found)).toEqual(["", "c...", "b...", "a...", "d..."]);
});

test("with scores the confidence breaks ties only, and equals of both kinds go as created", async () => {
  const labels = { high: 0.5, low: 0.1 };
  const list = ["a (high)", "b (low)", "c (high)", "d (high)"];
  const values = { a: 0.3, b: 0.6, c: 0.4, d: 0.4 };
  const found = await run({ lists: { "": list }, values, labels }, { max_children: 4, max_depth: 1 });
  expect(visited(found)).toEqual(["", "b...", "c...", "d...", "a..."]);
});

test("the crosswords' eight lists are one request, and the draft's step is among the children", async () => {
  const { model, tree } = await run(WORLD, { lists: 8, draft: true, max_states: 1 });
  expect(model.calls.map(({ request }) => request.count)).toEqual([1, 8]);
  expect(tree.root.children.map((child) => [child.thought?.text, child.repeats])).toEqual([
    ["draft", 0],
    ["a\n", 7],
    ["b\n", 7],
    ["c\n", 7],
  ]);
});

test("looking ahead takes fewer latencies for the same states, and never visits what the walk would not", async () => {
  const alone = await run(WORLD, {}, { width: 8 });
  const ahead = await run(WORLD, { look_ahead: 2 }, { width: 8 });
  expect(new Set(visited(ahead))).toEqual(new Set(visited(alone)));
  // Seven states one after the other; or "", then b with c and a, then what is below b and c.
  expect([alone.elapsedMs, ahead.elapsedMs]).toEqual([700, 400]);
});

test("a comparative verifier votes once per visited state, over its children", async () => {
  const { tree, events } = await runWorld({
    method: "tot-dfs",
    params: { samples: 3, max_states: 3, look_ahead: 0 },
    verifiers: ["vote"],
    reply: voteForSolvable,
    rollouts: 100,
    width: 8,
  });
  const votes = events.flatMap((event) =>
    event.type === "step-start" && event.step.type === "verify" ? [event.step.nodeIds] : [],
  );
  const parents = votes.map((ids) => [...new Set(ids.map((id) => tree.node(id).parent?.id))]);
  expect(parents.map((ids) => ids.length)).toEqual([1, 1, 1]);
  expect(parents[0]).toEqual(["0"]);
});

test("with every legal move and an exact value it walks straight to 24 and stops there, or sees at once that it cannot", async () => {
  for (const { hand, isSolvable } of allHands().filter((_hand, index) => index % 13 === 0)) {
    const { tree, model } = await runWorld({
      method: "tot-dfs",
      params: PUBLISHED,
      rollouts: 100,
      ...ALL_MOVES,
      verifier: EXACT_VALUE,
      hand,
    });
    expect(tree.solved !== null, hand).toBe(isSolvable);
    expect([1, 4], hand).toContain(model.calls.length);
  }
});

test("with room for all states it is exhaustive, also with a value that knows nothing", async () => {
  for (const { hand, isSolvable } of allHands().filter((_hand, index) => index % 364 === 0)) {
    const { tree } = await runWorld({
      method: "tot-dfs",
      params: { ...PUBLISHED, max_children: 64, max_states: 4096 },
      rollouts: 5000,
      ...ALL_MOVES,
      verifier: CONSTANT_VALUE,
      hand,
    });
    expect(tree.solved !== null, hand).toBe(isSolvable);
  }
});
