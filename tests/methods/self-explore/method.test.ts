import { expect, test } from "vitest";
import { isRefuted } from "../../../src/core/node.ts";
import { createRandom } from "../../../src/core/random.ts";
import { localVerifier } from "../../../src/core/verifier.ts";
import { firstPit } from "../../../src/methods/self-explore/pit.ts";
import { createPlayer } from "../../world/player.ts";
import { runWorld, type WorldOptions } from "../../world/search.ts";

const base = {
  method: "self-explore",
  params: { solutions: 8, completions: 4 },
  rollouts: 1000,
  player: createPlayer(0.75),
} satisfies WorldOptions;

test.each([1, 8, 64])(
  "every wrong solution has its pit found with k completions behind it, at width %i",
  async (width) => {
    const { tree } = await runWorld({ ...base, width, seed: 3 });
    const wrong = tree.terminals.filter((node) => node.role === "end" && isRefuted(node));
    expect(wrong.length).toBeGreaterThan(0);
    expect(tree.end?.reason).toBe("completed");
    for (const solution of wrong) expect(firstPit(tree, solution, 4)).not.toBeNull();
  },
);

/** Writes sixteen lines; from the tenth on one in ten is a slip, and an answer with a slip in it is wrong. */
const slipping: WorldOptions["reply"] = ({ prefix }, seed) => {
  const random = createRandom(seed, "slip");
  const lines = prefix.split("\n").slice(0, -1);
  while (lines.length < 16) {
    const isSlip = lines.length >= 9 && random.integer(10) === 0;
    lines.push(`${isSlip ? "slip" : "line"} ${random.integer(1e6)}`);
  }
  const isRight = lines.every((line) => line.startsWith("line"));
  return `${lines.join("\n")}\nAnswer: ${isRight ? "right" : "wrong"}`.slice(prefix.length);
};

const byAnswer = localVerifier({ name: "answer", scope: "complete", isComparative: false }, (_problem, candidates) =>
  candidates.map(({ text }) => ({
    value: text.endsWith("Answer: right") ? 1 : 0,
    kind: "verdict",
    reason: "",
    verifier: "answer",
  })),
);

test("the pit is the first slip under both searches, and halving asks for fewer completions of long solutions", async () => {
  const asked = { linear: 0, binary: 0 };
  for (const search of ["linear", "binary"] as const) {
    const params = { solutions: 20, completions: 6, search };
    const { tree } = await runWorld({
      ...base,
      params,
      reply: slipping,
      verifier: byAnswer,
      width: 4,
      maxTokens: 1000,
    });
    asked[search] = tree.rollouts;
    const wrong = tree.terminals.filter((node) => node.role === "end" && isRefuted(node));
    expect(wrong.length).toBeGreaterThan(4);
    const firstSlips = wrong.filter((solution) => firstPit(tree, solution, 6)?.thought?.text.startsWith("slip"));
    // Six completions may all fail by chance before the slip; never is the pit after it.
    expect(firstSlips.length).toBeGreaterThan(wrong.length / 2);
    for (const solution of wrong) {
      const path = tree.pathOf(solution);
      const slip = path.findIndex(({ thought }) => thought?.text.startsWith("slip"));
      expect(path.indexOf(firstPit(tree, solution, 6) ?? tree.root)).toBeLessThanOrEqual(slip);
    }
  }
  expect(asked.binary).toBeLessThan(0.7 * asked.linear);
});

test("a right answer is served where one was found, and does not end the collection", async () => {
  const { tree } = await runWorld({ ...base, width: 4, seed: 3 });
  expect(tree.end?.answerNodeId).toBe(tree.solved?.id);
  expect(tree.terminals.filter((node) => node.role === "end").length).toBeGreaterThan(1);
});

test("completions are asked for k at a time, in one call", async () => {
  const { events } = await runWorld({ ...base, seed: 3 });
  const counts = events.flatMap((event) =>
    event.type === "step-start" && event.step.type === "propose" && event.step.role === "complete"
      ? [event.step.count]
      : [],
  );
  expect(counts.length).toBeGreaterThan(0);
  for (const count of counts) expect(count).toBeLessThanOrEqual(4);
  expect(counts).toContain(4);
});

test("steps are not judged: a judge beside the checker is not asked", async () => {
  const run = await runWorld({ ...base, verifiers: ["game-of-24", "judge"], seed: 3 });
  const proposals = run.events.filter((event) => event.type === "step-start" && event.step.type === "propose");
  expect(run.model.calls).toHaveLength(proposals.length);
});

test("where nothing is right no pit is claimed, and the search ends", async () => {
  const { tree } = await runWorld({ ...base, params: { solutions: 3 }, player: createPlayer(0), hand: "1 1 1 1" });
  expect(tree.end?.reason).toBe("completed");
  for (const solution of tree.terminals) expect(firstPit(tree, solution)).toBeNull();
});
