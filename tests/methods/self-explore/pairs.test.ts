import { describe, expect, test } from "vitest";
import type { SearchEventBody } from "../../../src/core/event.ts";
import { pitPairs, withoutFinalAnswer } from "../../../src/methods/self-explore/pairs.ts";
import { judged } from "../../world/answers.ts";
import { stepEnd, stepStart, thoughtAdd, treeOf } from "../../world/log.ts";
import { createPlayer } from "../../world/player.ts";
import { runWorld } from "../../world/search.ts";

/** Steps with these texts below a node; the last completes it, and is right or wrong. */
function solution(stepId: number, parentId: string, isRight: boolean, ...texts: readonly string[]): SearchEventBody[] {
  const last = texts.length - 1;
  return [
    stepStart(stepId, { type: "propose", nodeId: parentId, count: 1, role: "end" }),
    ...texts.map((text, index) => {
      const parent = index === 0 ? parentId : `${stepId}.${index - 1}`;
      return thoughtAdd(stepId, `${stepId}.${index}`, parent, text, index === last);
    }),
    stepEnd(stepId),
    ...judged(100 + stepId, `${stepId}.${last}`, isRight ? 1 : 0, "verdict"),
  ];
}

const RIGHT = solution(1, "0", true, "so\n", "Answer: 24");
const WRONG = solution(2, "0", false, "well\n", "but\n", "Answer: 23");

/** The pairs as their texts and the ids of their nodes. */
function pairsOf(bodies: readonly SearchEventBody[], minCompletions: number) {
  const tree = treeOf(bodies);
  return pitPairs(tree, minCompletions).map(({ solution, prefix, chosen, chosenText, rejected, rejectedText }) => ({
    nodes: [solution, chosen, rejected].map(({ id }) => id),
    prefix: tree.textOf(prefix),
    chosenText,
    rejectedText,
  }));
}

describe("a pair by hand", () => {
  test("prefers the shortest right way on from before the pit to the pit step alone", () => {
    const bodies = [
      ...RIGHT,
      ...WRONG,
      ...solution(3, "2.0", true, "therefore, at length,\n", "Answer: 24"),
      ...solution(4, "2.0", true, "then\n", "Answer: 24"),
      ...solution(5, "2.1", false, "Answer: 22"),
    ];
    expect(pairsOf(bodies, 1)).toEqual([
      { nodes: ["2.2", "4.1", "2.1"], prefix: "well\n", chosenText: "then\nAnswer: 24", rejectedText: "but\n" },
    ]);
  });

  test("with the pit at the first step prefers a whole right solution, the earliest", () => {
    expect(pairsOf([...RIGHT, ...solution(3, "0", true, "Answer: 24"), ...WRONG], 0)).toEqual([
      { nodes: ["2.2", "1.1", "2.0"], prefix: "", chosenText: "so\nAnswer: 24", rejectedText: "well\n" },
    ]);
  });

  test("is not made without the evidence that was asked for", () => {
    expect(pitPairs(treeOf([...RIGHT, ...WRONG]), 1)).toEqual([]);
  });

  test("cuts the line of the final answer from the rejected step, and is dropped where nothing else is in it", () => {
    expect(withoutFinalAnswer("thus\nAnswer: 23\n")).toBe("thus\n");
    expect(withoutFinalAnswer("The rest is 4 * 6.\n")).toBe("The rest is 4 * 6.\n");
    const atTheEnd = [...RIGHT, ...WRONG, ...solution(3, "2.1", true, "hence\n", "Answer: 24")];
    expect(pitPairs(treeOf(atTheEnd), 0)).toEqual([]);
  });

  test("is made once per pit, and no chosen text serves twice", () => {
    const tree = treeOf([
      ...RIGHT,
      ...WRONG,
      // Shares the pit 2.0 with the first wrong solution.
      ...solution(3, "2.0", false, "hm\n", "Answer: 21"),
      // Has a pit of its own at the first step, for which no right solution is left.
      ...solution(4, "0", false, "oh\n", "Answer: 20"),
    ]);
    expect(pitPairs(tree, 0).map(({ rejected }) => rejected.id)).toEqual(["2.0"]);
    const more = treeOf([
      ...RIGHT,
      ...WRONG,
      ...solution(4, "0", false, "oh\n", "Answer: 20"),
      ...solution(5, "0", true, "yes\n", "Answer: 24"),
    ]);
    expect(pitPairs(more, 0).map(({ rejected, chosenText }) => [rejected.id, chosenText])).toEqual([
      ["2.0", "so\nAnswer: 24"],
      ["4.0", "yes\nAnswer: 24"],
    ]);
  });
});

test("pairs of a search: one prefix for both sides, a right way on, a step that leads nowhere with k failures", async () => {
  let found = 0;
  for (let seed = 1; seed <= 12; seed++) {
    const { tree } = await runWorld({
      method: "self-explore",
      params: { solutions: 6, completions: 3, search: seed % 2 === 0 ? "binary" : "linear" },
      rollouts: 80,
      width: 4,
      seed,
      player: createPlayer(0.75),
    });
    for (const { prefix, chosen, chosenText, rejected, rejectedText } of pitPairs(tree, 3)) {
      found++;
      expect(tree.textOf(rejected)).toBe(tree.textOf(prefix) + (rejected.thought?.text ?? ""));
      expect(tree.textOf(chosen)).toBe(tree.textOf(prefix) + chosenText);
      expect(chosen.scores.at(-1)).toMatchObject({ kind: "verdict", value: 1 });
      expect(rejectedText).not.toContain("Answer:");
      expect(chosenText).not.toBe(rejectedText);
      const below = tree.terminals.filter((candidate) => tree.pathOf(candidate).includes(rejected));
      for (const candidate of below) expect(candidate.scores.at(-1)).toMatchObject({ kind: "verdict", value: 0 });
    }
  }
  expect(found).toBeGreaterThan(5);
});
