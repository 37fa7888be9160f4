import { describe, expect, test } from "vitest";
import type { SearchEventBody } from "../../src/core/event.ts";
import type { CompletionRequest } from "../../src/core/model.ts";
import { tally } from "../../src/core/selection/tally.ts";
import { borda, knockout } from "../../src/core/selection/tournament.ts";
import { treeVote, treeVoteInverseDepth } from "../../src/core/selection/tree-vote.ts";
import { value, verdict } from "../../src/core/selection/value.ts";
import { visits } from "../../src/core/selection/visits.ts";
import { majority, weightedMajority } from "../../src/core/selection/vote.ts";
import { scoreAdd, stepEnd, stepStart, thoughtAdd, treeOf } from "../world/log.ts";
import { createPlayer } from "../world/player.ts";
import { runWorld } from "../world/search.ts";

/** Candidates "1.0", "1.1", ... with these answers and scores. */
function candidates(answers: readonly (readonly [string, number | null])[]) {
  const bodies: SearchEventBody[] = [
    stepStart(1, { type: "propose", nodeId: "0", count: answers.length, role: "end" }),
  ];
  answers.forEach(([text], index) => void bodies.push(thoughtAdd(1, `1.${index}`, "0", text, true)));
  bodies.push(stepEnd(1), stepStart(2, { type: "verify", nodeIds: answers.map((_unused, index) => `1.${index}`) }));
  answers.forEach(([, value], index) => {
    if (value !== null) bodies.push(scoreAdd(2, `1.${index}`, value));
  });
  return treeOf([...bodies, stepEnd(2)]);
}

test("value serves the highest judgement, ties to the earliest", () => {
  const tree = candidates([
    ["Answer: 1", 0.2],
    ["Answer: 2", 0.9],
    ["Answer: 3", 0.9],
  ]);
  expect(value.choose(tree)?.node.id).toBe("1.1");
});

test("a cut-off answer loses a tie to a finished one, and only a tie", () => {
  const servedWith = (score: number) => {
    const bodies = [
      stepStart(1, { type: "propose", nodeId: "0", count: 2, role: "end" }),
      thoughtAdd(1, "1.0", "0", "Answer: 1", true),
      thoughtAdd(1, "1.1", "0", "Answer: 2", true),
      stepEnd(1),
      stepStart(2, { type: "verify", nodeIds: ["1.0", "1.1"] }),
      scoreAdd(2, "1.0", score),
      scoreAdd(2, "1.1", 0.6),
      stepEnd(2),
    ];
    const cut = bodies.map((body) =>
      body.type === "thought-add" && body.nodeId === "1.0"
        ? { ...body, thought: { ...body.thought, ending: "length" as const } }
        : body,
    );
    return value.choose(treeOf(cut))?.node.id;
  };
  expect(servedWith(0.6)).toBe("1.1");
  expect(servedWith(0.8)).toBe("1.0");
});

test("value serves the first candidate where nothing was judged, and nothing where there is none", () => {
  expect(
    value.choose(
      candidates([
        ["Answer: 1", null],
        ["Answer: 2", null],
      ]),
    )?.node.id,
  ).toBe("1.0");
  expect(value.choose(candidates([]))).toBeNull();
});

test("majority: 2 of 4 beat 1 and 1; weighted majority can decide otherwise", () => {
  const tree = candidates([
    ["Answer: 7", 0.1],
    ["Answer: 8", 0.9],
    ["Answer: 7.0", 0.3],
    ["no answer\nmarked here", 1],
  ]);
  expect(majority.choose(tree)?.node.id).toBe("1.2");
  expect(weightedMajority.choose(tree)?.node.id).toBe("1.1");
  expect(tally(tree, () => 1).map(({ answerClass, weight }) => [answerClass, weight])).toEqual([
    ["7", 2],
    ["8", 1],
  ]);
});

test("a tie of classes goes to the one seen first", () => {
  expect(
    majority.choose(
      candidates([
        ["Answer: a", null],
        ["Answer: b", null],
        ["Answer: b", null],
        ["Answer: a", null],
      ]),
    )?.node.id,
  ).toBe("1.0");
});

test("a verdict decides alone: refuted candidates are passed over, however high an unproven one was valued", () => {
  const tree = treeOf([
    stepStart(1, { type: "propose", nodeId: "0", count: 3, role: "end" }),
    thoughtAdd(1, "1.0", "0", "Answer: 1", true),
    thoughtAdd(1, "1.1", "0", "Answer: 2", true),
    thoughtAdd(1, "1.2", "0", "Answer: 3", true),
    stepEnd(1),
    stepStart(2, { type: "verify", nodeIds: ["1.0", "1.1", "1.2"] }),
    scoreAdd(2, "1.0", 0, "verdict"),
    scoreAdd(2, "1.1", 0.2),
    scoreAdd(2, "1.2", 0.9),
    stepEnd(2),
  ]);
  expect(verdict.choose(tree)).toMatchObject({ node: { id: "1.1" }, score: 0.5 });
  expect(value.choose(tree)).toMatchObject({ node: { id: "1.2" }, score: 0.9 });
});

/** Root -> 1.0 (judged .6) -> 2.0 "A" (.5), 2.1 "B" (.4); root -> 1.1 (.3) -> 3.0 "B" (.8), visited once more. */
function forked() {
  return treeOf([
    stepStart(1, { type: "propose", nodeId: "0", count: 2, role: "step" }),
    thoughtAdd(1, "1.0", "0", "left\n"),
    thoughtAdd(1, "1.1", "0", "right\n"),
    stepEnd(1),
    stepStart(2, { type: "propose", nodeId: "1.0", count: 2, role: "step" }),
    thoughtAdd(2, "2.0", "1.0", "Answer: A", true),
    thoughtAdd(2, "2.1", "1.0", "Answer: B", true),
    stepEnd(2),
    stepStart(3, { type: "propose", nodeId: "1.1", count: 1, role: "step" }),
    thoughtAdd(3, "3.0", "1.1", "Answer: B", true),
    stepEnd(3),
    stepStart(4, { type: "verify", nodeIds: ["1.0", "1.1", "2.0", "2.1", "3.0"] }),
    scoreAdd(4, "1.0", 0.6),
    scoreAdd(4, "1.1", 0.3),
    scoreAdd(4, "2.0", 0.5),
    scoreAdd(4, "2.1", 0.4),
    scoreAdd(4, "3.0", 0.8),
    stepEnd(4),
  ]);
}

test("tree vote by hand: A gets .6 + .5 = 1.1, B gets .6 + .4 + .3 + .8 = 2.1 and wins with 2.1 / 3.2", () => {
  expect(treeVote.choose(forked())).toMatchObject({ node: { id: "3.0" }, score: expect.closeTo(2.1 / 3.2, 9) });
});

test("by inverse depth: A gets .6 + .5/2 = .85, B gets .6 + .4/2 + .3 + .8/2 = 1.5", () => {
  const chosen = treeVoteInverseDepth.choose(forked());
  expect(chosen).toMatchObject({ node: { id: "3.0" }, score: expect.closeTo(1.5 / 2.35, 9) });
});

test("visits follow the most visited child, 1.0 with three of five, and there the higher value: 2.0", () => {
  expect(visits.choose(forked())).toMatchObject({ node: { id: "2.0" }, score: 3 / 5 });
});

test("visits pass over a well visited child that leads to no candidate", () => {
  const tree = treeOf([
    stepStart(1, { type: "propose", nodeId: "0", count: 2, role: "step" }),
    thoughtAdd(1, "1.0", "0", "dead end\n"),
    thoughtAdd(1, "1.1", "0", "Answer: 1", true),
    stepEnd(1),
    stepStart(2, { type: "verify", nodeIds: ["1.0"] }),
    scoreAdd(2, "1.0", 0.9),
    scoreAdd(2, "1.0", 0.9),
    stepEnd(2),
  ]);
  expect(visits.choose(tree)?.node.id).toBe("1.1");
});

describe("a tournament", () => {
  const answers = [
    ["Answer: 1", 0.9],
    ["Answer: 2", 0.8],
    ["Answer: 3", 0.7],
    ["Answer: 3", 0.6],
  ] as const;

  /** The same candidates with comparisons made: `[first, second, value]`. */
  function compared(results: readonly (readonly [string, string, number])[]) {
    const bodies: SearchEventBody[] = [
      stepStart(1, { type: "propose", nodeId: "0", count: answers.length, role: "end" }),
      ...answers.map(([text], index) => thoughtAdd(1, `1.${index}`, "0", text, true)),
      stepEnd(1),
      stepStart(2, { type: "verify", nodeIds: answers.map((_unused, index) => `1.${index}`) }),
      ...answers.map(([, score], index) => scoreAdd(2, `1.${index}`, score)),
      stepEnd(2),
    ];
    for (const [index, [first, second, preference]] of results.entries()) {
      const stepId = 3 + index;
      bodies.push(
        stepStart(stepId, { type: "compare", role: "better", nodeIds: [first, second] }),
        { type: "comparison-add", stepId, value: preference, reason: "" },
        stepEnd(stepId),
      );
    }
    return treeOf(bodies);
  }

  test("takes one candidate of each answer, and asks for the pairs of a round before the next", () => {
    const ask = (results: Parameters<typeof compared>[0]) => knockout.comparisonDue?.(compared(results));
    expect(ask([])).toMatchObject({ step: { type: "compare", nodeIds: ["1.0", "1.1"] } });
    // The third passes the first round; the winner of the pair meets it.
    expect(ask([["1.0", "1.1", 0.2]])).toMatchObject({ step: { nodeIds: ["1.1", "1.2"] } });
    const second = ["1.1", "1.2", 0.3] as const;
    expect(ask([["1.0", "1.1", 0.2], second])).toBeNull();
  });

  test("knockout: 1.1 beats 1.0 with .8, 1.2 beats 1.1 with .7 and is served for it", () => {
    const tree = compared([
      ["1.0", "1.1", 0.2],
      ["1.1", "1.2", 0.3],
    ]);
    expect(knockout.choose(tree)).toMatchObject({ node: { id: "1.2" }, score: 0.7 });
  });

  test("a comparison that says nothing goes to the better ranked", () => {
    const tree = compared([
      ["1.0", "1.1", 0.5],
      ["1.0", "1.2", 0.5],
    ]);
    expect(knockout.choose(tree)).toMatchObject({ node: { id: "1.0" }, score: 0.5 });
  });

  test("Borda: mean preferences (.2 + .6)/2, (.8 + .3)/2, (.4 + .7)/2; of the equal two the better ranked", () => {
    const tree = compared([
      ["1.0", "1.1", 0.2],
      ["1.0", "1.2", 0.6],
      ["1.1", "1.2", 0.3],
    ]);
    expect(borda.choose(tree)).toMatchObject({ node: { id: "1.1" }, score: expect.closeTo(0.55, 9) });
    expect(borda.comparisonDue?.(tree)).toBeNull();
  });

  test("with comparisons missing there is still an answer", () => {
    expect(knockout.choose(compared([]))).toMatchObject({ node: { id: "1.0" }, score: 0 });
    expect(borda.choose(compared([]))).toMatchObject({ node: { id: "1.0" }, score: 0 });
  });

  test("in a search: compared in both orders once the method is done, paid for, and told apart from the value", async () => {
    // The model prefers whichever answer is longer; in both orders, so no position wins by itself.
    const reply = ({ messages }: CompletionRequest): string | null => {
      const text = messages.map(({ content }) => content).join("");
      const [, first = "", second = ""] =
        /<first>\n([\s\S]*?)\n<\/first>[\s\S]*<second>\n([\s\S]*?)\n<\/second>/.exec(text) ?? [];
      if (first === "") return null;
      return `Because of its length.\n${first.length === second.length ? "equal" : first.length > second.length ? "first" : "second"}`;
    };
    const { tree, model } = await runWorld({
      method: "best-of-n",
      verifiers: ["agreement"],
      rollouts: 5,
      width: 4,
      selection: "knockout",
      player: createPlayer(0),
      reply,
    });
    const served = tree.node(tree.end?.answerNodeId ?? "");
    const longest = Math.max(...tree.terminals.map((node) => tree.textOf(node).trim().length));
    expect(tree.textOf(served).trim()).toHaveLength(longest);
    expect(tree.end?.selectionScore).toBe(1);
    expect(served.value).toBeCloseTo(0.2, 9);
    expect(model.calls.length).toBe(5 + 2 * 4);
    expect(tree.account.spent.calls).toBe(model.calls.length);
  });
});
