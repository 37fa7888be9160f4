import { expect, test } from "vitest";
import { preferencePairs } from "../../../src/methods/preference-bfs/pairs.ts";
import { type ListedWorld, listedWorld } from "../../world/listed.ts";
import { runWorld, type WorldRun } from "../../world/search.ts";

const WORLD: ListedWorld = {
  lists: {
    "": ["a", "b", "c", "d"],
    a: ["Answer: 1"],
    b: ["Answer: 1"],
    c: ["Answer: 2"],
    d: ["Answer: 1"],
  },
  values: {
    a: 0.5,
    b: 0.5,
    c: 0.9,
    d: 0.4,
    "a Answer: 1": 0.3,
    "b Answer: 1": 0.3,
    "c Answer: 2": 0.7,
    "d Answer: 1": 0.3,
  },
};

async function run(params: Record<string, unknown>): Promise<WorldRun> {
  return runWorld({
    method: "preference-bfs",
    params: { generate: "propose", draft: false, ...params },
    rollouts: 100,
    ...listedWorld(WORLD),
  });
}

function expanded({ tree }: WorldRun): string[] {
  return tree.root.children.filter((node) => node.children.length > 0).map((node) => node.thought?.text.trim() ?? "");
}

function served({ tree }: WorldRun): string {
  return tree.textOf(tree.node(tree.end?.answerNodeId ?? ""));
}

test("states level with the last one kept are kept too: with room for two, c, a and b", async () => {
  expect(expanded(await run({ breadth: 2 }))).toEqual(["a", "b", "c"]);
  expect(expanded(await run({ breadth: 1 }))).toEqual(["c"]);
});

test("where nothing has a value there are no ties: the first ones are kept", async () => {
  const { tree, model } = await runWorld({
    method: "preference-bfs",
    params: { generate: "propose", draft: false, breadth: 2 },
    rollouts: 100,
    ...listedWorld({ ...WORLD, values: {} }),
  });
  expect(tree.root.children.filter((node) => node.children.length > 0).map(({ id }) => id)).toEqual(["1.0", "1.1"]);
  expect(model.calls).toHaveLength(3);
});

test("every thought is remembered, also those that were not kept", async () => {
  const { tree } = await run({ breadth: 2 });
  expect(tree.root.children).toHaveLength(4);
});

test("the class with the largest sum of values is served, or with `count` the largest class", async () => {
  // 0.7 for answer 2 against 0.3 + 0.3 for answer 1, which is said twice.
  expect(served(await run({ breadth: 2 }))).toBe("c\nAnswer: 2");
  expect(served(await run({ breadth: 2, winner: "count" }))).toBe("a\nAnswer: 1");
  // With d there are three of 0.3: 0.9 against 0.7.
  expect(served(await run({ breadth: 4 }))).toBe("a\nAnswer: 1");
});

test("its finished tree gives the pairs: with answer 2 the winner, c against a and b, and against d, unexpanded", async () => {
  const { tree } = await run({ breadth: 2 });
  const pairs = preferencePairs(tree, "value").map(({ chosen, rejected, isRejectedExpanded }) => [
    chosen.thought?.text,
    rejected.thought?.text,
    isRejectedExpanded,
  ]);
  expect(pairs).toEqual([
    ["c\n", "a\n", true],
    ["c\n", "b\n", true],
    ["c\n", "d\n", false],
  ]);
});

test("CPO's own sizes are the defaults: ten thoughts per state", async () => {
  const { model } = await runWorld({ method: "preference-bfs", params: { draft: false }, verifiers: ["value"] });
  expect(model.calls[0]?.request.count).toBe(10);
});
