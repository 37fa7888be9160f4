import { describe, expect, test } from "vitest";
import type { CompletionRequest } from "../../../src/core/model.ts";
import { revisionsOf } from "../../../src/core/revisions.ts";
import { localVerifier } from "../../../src/core/verifier.ts";
import { critic, textOf } from "../../world/critic.ts";
import { createPlayer } from "../../world/player.ts";
import { runWorld, type WorldOptions } from "../../world/search.ts";

/** Says these answers in the order of the calls. Width 1 only. */
function saying(...answers: readonly string[]): (request: CompletionRequest) => string {
  let next = 0;
  return () => answers[next++ % answers.length] ?? "";
}

/** Believes what an answer says of itself: "worth 0.4". */
const byMark = localVerifier({ name: "mark", scope: "complete", isComparative: false }, (_problem, candidates) =>
  candidates.map(({ text }) => ({
    value: Number(/worth ([\d.]+)/.exec(text)?.[1] ?? 0),
    kind: "estimate",
    reason: "",
    verifier: "mark",
  })),
);

const base = { method: "revision", verifier: byMark } satisfies WorldOptions;

async function served(vote: string, chains: number, ...answers: readonly string[]): Promise<string> {
  const { tree } = await runWorld({
    ...base,
    params: { vote, chains },
    rollouts: answers.length,
    reply: saying(...answers),
  });
  return tree.answerClassOf(tree.node(tree.end?.answerNodeId ?? "")) ?? "";
}

describe("the served answer", () => {
  test("is the best of all, never the last of a chain for being the last", async () => {
    expect(await served("none", 1, "worth 0.2\nAnswer: 1", "worth 0.9\nAnswer: 2", "worth 0.1\nAnswer: 3")).toBe("2");
  });

  // Asked for in this order: both heads, then the chains by turns. Chain one: 1 (0.5), 2 (0.3), 2 (0.4); chain two: 3 (0.6), 1
  // (0.2), 1 (0.3).
  const answers = [
    "worth 0.5\nAnswer: 1",
    "worth 0.6\nAnswer: 3",
    "worth 0.3\nAnswer: 2",
    "worth 0.2\nAnswer: 1",
    "worth 0.4\nAnswer: 2",
    "worth 0.3\nAnswer: 1",
  ];

  test("by a weighted vote: 2 wins its chain with 0.7 against 0.5, 3 the other with 0.6 against 0.5; then 3 by 0.6 to 0.4", async () => {
    expect(await served("weighted", 2, ...answers)).toBe("3");
  });

  test("by a majority of all six: 1 came three times", async () => {
    expect(await served("majority", 2, ...answers)).toBe("1");
  });
});

describe.each([1, 8, 64])("at width %i", (width) => {
  test("there are as many chains as asked for, none longer than its share", async () => {
    const { tree } = await runWorld({ method: "revision", verifiers: [], rollouts: 14, width, params: { chains: 4 } });
    expect(tree.rollouts).toBe(14);
    const lengths = tree.root.children.map((head) => lengthBelow(head));
    expect(tree.root.children.reduce((sum, { repeats }) => sum + 1 + repeats, 0)).toBe(4);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(4);
  });

  test("a critique is followed by one refinement, and the plan of rollouts is kept", async () => {
    const { tree } = await runWorld({
      method: "revision",
      verifiers: ["grade"],
      reply: critic,
      rollouts: 11,
      width,
      params: { chains: 3, mode: "critique" },
      player: createPlayer(0.2),
    });
    expect(tree.rollouts).toBe(11);
    for (const note of tree.nodes.filter((node) => node.thought?.form === "note")) {
      expect(note.children.reduce((sum, { repeats }) => sum + 1 + repeats, 0)).toBe(1 + note.repeats);
    }
  });
});

function lengthBelow(node: Parameters<typeof revisionsOf>[0]): number {
  return 1 + Math.max(0, ...revisionsOf(node).map(lengthBelow));
}

test("a revision sees the last four attempts of its chain and none of another", async () => {
  const numbered = Array.from({ length: 12 }, (_unused, index) => `Answer: attempt-${index}`);
  const { model } = await runWorld({ ...base, params: { chains: 2 }, rollouts: 12, reply: saying(...numbered) });
  // Chain one is 0, 2, 4, 6, 8; the eleventh call asks for its sixth answer.
  const last = model.calls.map(({ request }) => textOf(request))[10];
  for (const seen of [2, 4, 6, 8]) expect(last).toContain(`attempt-${seen}\n`);
  for (const unseen of [0, 1, 3, 5, 7, 9]) expect(last).not.toContain(`attempt-${unseen}\n`);
});

test("a proven answer ends all chains", async () => {
  const { tree } = await runWorld({
    method: "revision",
    verifiers: ["game-of-24"],
    rollouts: 64,
    player: createPlayer(0.3),
  });
  expect(tree.end).toMatchObject({ reason: "early-stop", answerNodeId: tree.solved?.id });
});
