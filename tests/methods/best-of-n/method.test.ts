import { describe, expect, test } from "vitest";
import type { Node } from "../../../src/core/node.ts";
import { majority } from "../../../src/core/selection/vote.ts";
import type { Tree } from "../../../src/core/tree.ts";
import { localVerifier } from "../../../src/core/verifier.ts";
import { createPlayer } from "../../world/player.ts";
import { runWorld, type WorldOptions } from "../../world/search.ts";

/** A process reward by the text of the last line: "a 0.5" is worth 0.5; it has an opinion on every step. */
const byLastLine = localVerifier({ name: "by-line", scope: "all", isComparative: false }, (_problem, candidates) =>
  candidates.map(({ text }) => ({
    value: Number(/([\d.]+)\D*$/.exec(text)?.[1] ?? 0),
    kind: "estimate",
    reason: "",
    verifier: "by-line",
  })),
);

const ANSWERS = [
  "x 0.9\nx 0.2\nAnswer: A 0.9",
  "x 0.6\nx 0.5\nAnswer: B 0.6",
  "x 0.5\nx 0.5\nAnswer: C 0.8",
  "x 0.4\nx 0.6\nAnswer: C 0.8",
];

function saying(answers: readonly string[]): NonNullable<WorldOptions["reply"]> {
  let next = 0;
  return () => answers[next++ % answers.length] ?? "";
}

async function served(params: Record<string, unknown>): Promise<string> {
  const { tree } = await runWorld({
    method: "best-of-n",
    params,
    verifier: byLastLine,
    rollouts: 4,
    reply: saying(ANSWERS),
  });
  return answerOf(tree);
}

function answerOf(tree: Tree): string {
  return tree.answerClassOf(tree.node(tree.end?.answerNodeId ?? "")) ?? "";
}

describe("which answer is served", () => {
  test("by the score of the whole answer, which for the first is 0.9", async () => {
    expect(await served({})).toBe("a0.9");
  });

  test("by the last step, which is the same here", async () => {
    expect(await served({ score: "steps", aggregation: "last" })).toBe("a0.9");
  });

  test("by the least step: 0.2, 0.5, 0.5, 0.4; the earlier of two that are equal", async () => {
    expect(await served({ score: "steps", aggregation: "min" })).toBe("b0.6");
  });

  test("by the product: 0.162, 0.18, 0.2, 0.192", async () => {
    expect(await served({ score: "steps", aggregation: "prod" })).toBe("c0.8");
  });

  test("by the mean: 0.667, 0.567, 0.6, 0.6", async () => {
    expect(await served({ score: "steps", aggregation: "mean" })).toBe("a0.9");
  });

  test("by a weighted vote: 0.9 for A, 0.6 for B, 0.8 + 0.8 for C", async () => {
    expect(await served({ vote: "weighted" })).toBe("c0.8");
  });

  test("by a weighted vote of products: 0.162 for A, 0.18 for B, 0.2 + 0.192 for C", async () => {
    expect(await served({ score: "steps", aggregation: "prod", vote: "weighted" })).toBe("c0.8");
  });
});

test("a weighted vote with equal weights is the majority", async () => {
  const constant = localVerifier({ name: "c", scope: "complete", isComparative: false }, (_problem, candidates) =>
    candidates.map(() => ({ value: 0.3, kind: "estimate", reason: "", verifier: "c" })),
  );
  for (let seed = 1; seed <= 20; seed++) {
    const { tree } = await runWorld({
      method: "best-of-n",
      params: { vote: "weighted" },
      verifier: constant,
      rollouts: 12,
      width: 4,
      seed,
      player: createPlayer(0.8),
    });
    expect(tree.end?.answerNodeId).toBe(majority.choose(tree)?.node.id);
  }
});

test("in steps every node is judged, also those of the last answer, and one answer alone is not", async () => {
  const options = { method: "best-of-n", params: { score: "steps" }, verifiers: ["judge"] } as const;
  const { tree } = await runWorld({ ...options, rollouts: 5, width: 2 });
  const steps = tree.nodes.filter((node: Node) => !node.isTerminal);
  expect(steps.length).toBeGreaterThan(5);
  for (const node of steps) expect(node.scores).toHaveLength(1);
  const alone = await runWorld({ ...options, rollouts: 1 });
  expect(alone.model.calls).toHaveLength(1);
});

test("a proven answer ends the search and is served, whatever the votes say", async () => {
  const { tree } = await runWorld({
    method: "best-of-n",
    params: { vote: "weighted" },
    rollouts: 64,
    player: createPlayer(0.3),
  });
  expect(tree.end?.reason).toBe("early-stop");
  expect(tree.solved?.id).toBe(tree.end?.answerNodeId);
});
