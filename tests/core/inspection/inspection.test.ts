import { describe, expect, test } from "vitest";
import { answerClass } from "../../../src/core/answer/answer.ts";
import { diffTrees, isSameTree } from "../../../src/core/inspection/diff.ts";
import { dumpToJson, dumpTree } from "../../../src/core/inspection/dump.ts";
import { renderTree } from "../../../src/core/inspection/render.ts";
import { scoreAdd, stepEnd, stepStart, thoughtAdd, treeOf } from "../../world/log.ts";
import { createPlayer } from "../../world/player.ts";
import { runWorld } from "../../world/search.ts";

const small = () => [
  stepStart(1, { type: "propose", nodeId: "0", count: 2, role: "step" }),
  thoughtAdd(1, "1.0", "0", "first\n"),
  thoughtAdd(1, "1.1", "0", "Answer:\u001b[2J 4", true),
  stepEnd(1),
  stepStart(2, { type: "verify", nodeIds: ["1.0", "1.1"] }),
  scoreAdd(2, "1.0", 0.25),
  scoreAdd(2, "1.1", 1, "verdict"),
  stepEnd(2),
  { type: "search-end", reason: "early-stop", answerNodeId: "1.1", selectionScore: 1, error: null } as const,
];

test("a rendering shows the shape, the statistics and the answer, and no control character of a model's", () => {
  expect(renderTree(treeOf(small()))).toBe(
    ["0 n=2 q=0.63", '├─ 1.0 n=1 q=0.25 v=0.25 "first"', '└─ ★ 1.1 n=1 q=1.00 ✓ "Answer: [2J 4"', ""].join("\n"),
  );
});

test("a rendering can be cut to the most visited children", () => {
  const lines = renderTree(treeOf(small()), { children: 1, textLength: 4 }).split("\n");
  expect(lines.slice(1, 3)).toEqual(['├─ 1.0 n=1 q=0.25 v=0.25 "fir…"', "└─ 1 more"]);
});

test("equal trees have equal dumps, byte for byte, also when their nodes arrived in another order", () => {
  const [start, first, second, ...rest] = small();
  if (start === undefined || first === undefined || second === undefined) throw new Error("no log");
  const swapped = treeOf([start, second, first, ...rest]);
  expect(dumpToJson(dumpTree(swapped))).toBe(dumpToJson(dumpTree(treeOf(small()))));
});

describe("a difference", () => {
  test("of a tree to itself is empty", () => {
    expect(isSameTree(diffTrees(dumpTree(treeOf(small())), dumpTree(treeOf(small()))))).toBe(true);
  });

  test("names what came, what went and what changed", () => {
    const before = treeOf(small());
    const other = small().map((body) =>
      body.type === "thought-add" && body.nodeId === "1.1" ? { ...body, nodeId: "1.2" } : body,
    );
    const withoutScores = other.filter(({ type }) => type !== "score-add" && type !== "search-end");
    const difference = diffTrees(dumpTree(before), dumpTree(treeOf(withoutScores.slice(0, 4))));
    expect(difference.removed).toEqual(["1.1"]);
    expect(difference.added).toEqual(["1.2"]);
    expect(difference.changed).toContainEqual({ at: "1.0", field: "visits", before: 1, after: 0 });
    expect(difference.changed.map(({ at, field }) => `${at} ${field}`)).toContain("tree end");
  });
});

test("a search that is run again from its seed has the very same dump", async () => {
  const options = {
    method: "mcts",
    verifiers: ["game-of-24", "judge"],
    rollouts: 6,
    width: 4,
    player: createPlayer(0.2),
  };
  const [first, second] = [await runWorld(options), await runWorld(options)];
  expect(dumpToJson(dumpTree(second.tree))).toBe(dumpToJson(dumpTree(first.tree)));
  const other = await runWorld({ ...options, seed: 2 });
  expect(isSameTree(diffTrees(dumpTree(first.tree), dumpTree(other.tree)))).toBe(false);
  expect(answerClass(first.tree.textOf(first.tree.node(first.tree.end?.answerNodeId ?? "")))).not.toBeNull();
});
