import { describe, expect, test } from "vitest";
import { createRandom } from "../../../src/core/random.ts";
import { revisedFrom, revisionsOf } from "../../../src/core/revisions.ts";
import type { Step } from "../../../src/core/step.ts";
import { localVerifier, type Verifier } from "../../../src/core/verifier.ts";
import { critic } from "../../world/critic.ts";
import { createPlayer } from "../../world/player.ts";
import { runWorld, type WorldOptions, type WorldRun } from "../../world/search.ts";

const base = {
  method: "mcts-self-refine",
  verifiers: ["grade"],
  reply: critic,
  rollouts: 12,
  player: createPlayer(0.2),
} satisfies WorldOptions;

function stepsOf({ events }: WorldRun): Step[] {
  return events.flatMap((event) => (event.type === "step-start" ? [event.step] : []));
}

test("one iteration is critique, refinement, and the child's reward together with its parent's second", async () => {
  const run = await runWorld({ ...base, rollouts: 2, params: { max_children: 1 } });
  expect(stepsOf(run)).toEqual([
    { type: "propose", nodeId: "0", count: 1, role: "end" },
    { type: "verify", nodeIds: ["1.0"] },
    { type: "propose", nodeId: "1.0", count: 1, role: "critique" },
    { type: "propose", nodeId: "3.0", count: 1, role: "refine" },
    { type: "verify", nodeIds: ["4.0", "1.0"] },
  ]);
  // The second reward is asked for anew: the same question, another sample.
  const [first, second] = run.tree.node("1.0").scores;
  expect(first?.value).not.toBe(second?.value);
});

test.each([1, 8, 64])("an answer has one reward and one more per revision of it, at width %i", async (width) => {
  const { tree } = await runWorld({ ...base, width });
  expect(tree.terminals.length).toBeGreaterThan(8);
  for (const answer of tree.terminals) {
    const revisions = revisionsOf(answer).reduce((sum, { repeats }) => sum + 1 + repeats, 0);
    const distinct = revisionsOf(answer).length;
    expect(answer.scores.length).toBeGreaterThanOrEqual(1 + distinct);
    expect(answer.scores.length).toBeLessThanOrEqual(1 + revisions);
  }
});

test("a verdict is certain, and is not asked for again", async () => {
  const { tree } = await runWorld({ ...base, verifiers: ["game-of-24"], player: createPlayer(0) });
  for (const answer of tree.terminals) expect(answer.scores).toHaveLength(1);
});

test.each([1, 8, 64])("each critique leads to one refinement, and none is left over, at width %i", async (width) => {
  const { tree } = await runWorld({ ...base, width });
  const notes = tree.nodes.filter((node) => node.thought?.form === "note");
  expect(notes.length).toBeGreaterThan(4);
  for (const note of notes) {
    const made = note.children.reduce((sum, { repeats }) => sum + 1 + repeats, 0);
    expect(made).toBe(1 + note.repeats);
  }
  expect(tree.rollouts).toBe(12);
});

test("the critic sees the answer, the refiner the answer and its critique, and neither an older answer", async () => {
  const { model, tree } = await runWorld({ ...base, params: { max_children: 1 }, rollouts: 5 });
  const deep = tree.terminals.find((node) => revisedFrom(node).parent !== null);
  const parent = deep === undefined ? tree.root : revisedFrom(deep);
  const text = JSON.stringify(tree.textOf(parent)).slice(1, -1);
  const seen = model.calls
    .map(({ request }) => JSON.stringify(request.messages))
    .filter((asked) => asked.includes(text));
  expect(seen.some((asked) => asked.includes("Flaw"))).toBe(true);
  const older = JSON.stringify(tree.textOf(revisedFrom(parent))).slice(1, -1);
  if (older !== "") for (const asked of seen) expect(asked).not.toContain(older);
});

/** Likes what it is told to, by the order in which answers are first seen; the same each time it is asked. */
function grading(...values: readonly number[]): Verifier {
  const known = new Map<string, number>();
  return localVerifier({ name: "grading", scope: "complete", isComparative: false }, (_problem, candidates) =>
    candidates.map(({ text }) => {
      const value = known.get(text) ?? values[known.size % values.length] ?? 0;
      known.set(text, value);
      return { value, kind: "estimate", reason: "", verifier: "grading" };
    }),
  );
}

/** Never says the same twice. */
const fresh: WorldOptions["reply"] = (request, seed) =>
  critic(request, seed) ?? `Answer: ${createRandom(seed, "fresh").integer(1e9)}`;

describe("the served answer", () => {
  test("is the one of the best Q, which a good revision does not lift above the revision itself", async () => {
    const verifier = grading(0.2, 0.3, 0.9, 0.1);
    const { tree } = await runWorld({ ...base, verifier, reply: fresh, rollouts: 4, params: { max_children: 1 } });
    const answer = tree.node(tree.end?.answerNodeId ?? "");
    expect(answer.scores[0]?.value).toBe(0.9);
    expect(tree.end?.selectionScore).toBe(answer.value);
  });

  test("comes of patience: after three answers no better than the draft the search ends", async () => {
    const options = { ...base, verifier: grading(0.9, 0.5, 0.4, 0.3, 0.2, 0.1), reply: fresh, rollouts: 20 };
    const { tree } = await runWorld({ ...options, params: { patience: 3 } });
    expect(tree.rollouts).toBe(4);
    expect(tree.end).toMatchObject({ reason: "early-stop", answerNodeId: "1.0" });
    expect((await runWorld(options)).tree.rollouts).toBe(20);
  });

  test("is a proven one, which ends the search", async () => {
    const { tree } = await runWorld({
      ...base,
      verifiers: ["game-of-24", "grade"],
      player: createPlayer(0.7),
      seed: 5,
    });
    expect(tree.end?.reason).toBe("early-stop");
    expect(tree.end).toMatchObject({ answerNodeId: tree.solved?.id, selectionScore: 1 });
  });
});

test("a wide search refines too: no more fresh drafts are begun than an answer may have children", async () => {
  const { tree } = await runWorld({ ...base, width: 64, rollouts: 30 });
  expect(tree.root.children.length).toBeLessThanOrEqual(3);
  expect(tree.rollouts).toBe(30);
});
