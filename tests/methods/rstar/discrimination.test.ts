import { describe, expect, test } from "vitest";
import type { SearchEventBody } from "../../../src/core/event.ts";
import type { Tree } from "../../../src/core/tree.ts";
import {
  chooseContender,
  contendersOf,
  cutsOf,
  DISCRIMINATE,
  discriminationDue,
  survivalOf,
} from "../../../src/methods/rstar/discrimination.ts";
import { judged } from "../../world/answers.ts";
import { stepEnd, stepStart, thoughtAdd, treeOf } from "../../world/log.ts";

const RULE = { suffixes: 4, candidates: 8 };

/** Steps with these texts below the root; the last completes the answer. Nodes "s.0", "s.1", ... of step s. */
function finished(stepId: number, reward: number, ...texts: readonly string[]): SearchEventBody[] {
  const last = texts.length - 1;
  return [
    stepStart(stepId, { type: "propose", nodeId: "0", count: 1, role: "finish" }),
    ...texts.map((text, index) =>
      thoughtAdd(stepId, `${stepId}.${index}`, index === 0 ? "0" : `${stepId}.${index - 1}`, text, index === last),
    ),
    stepEnd(stepId),
    ...judged(100 + stepId, `${stepId}.${last}`, reward),
  ];
}

/** Notes of the discriminator below a node, with these texts. */
function discriminated(stepId: number, nodeId: string, ...texts: readonly string[]): SearchEventBody[] {
  const notes = texts.map((text, index): SearchEventBody => {
    const added = thoughtAdd(stepId, `${stepId}.${index}`, nodeId, text);
    return added.type === "thought-add"
      ? { ...added, thought: { ...added.thought, form: "note", ending: "stop" } }
      : added;
  });
  return [
    stepStart(stepId, { type: "propose", nodeId, count: texts.length, role: DISCRIMINATE }),
    ...notes,
    stepEnd(stepId),
  ];
}

/** Ten characters a step, forty in all: boundaries at 25, 50 and 75 %. */
const FOUR = ["step one.\n", "step two.\n", "step three", "\nAnswer: 7"];
const OTHER = ["else one.\n", "else two.\n", "else three", "\nAnswer: 8"];

function cuts(tree: Tree, id: string, suffixes: number): Record<string, number> {
  return Object.fromEntries([...cutsOf(tree, tree.node(id), suffixes)].map(([node, count]) => [node.id, count]));
}

describe("the cuts", () => {
  test("of four steps of a quarter each, at 20, 30, 40 and 50 %: the root once, the first boundary twice, the second once", () => {
    expect(cuts(treeOf(finished(1, 1, ...FOUR)), "1.3", 4)).toEqual({ "0": 1, "1.0": 2, "1.1": 1 });
  });

  test("of one suffix are at 20 %, of two at 20 and 50 %, of none nowhere", () => {
    const tree = treeOf(finished(1, 1, ...FOUR));
    expect(cuts(tree, "1.3", 1)).toEqual({ "0": 1 });
    expect(cuts(tree, "1.3", 2)).toEqual({ "0": 1, "1.1": 1 });
    expect(cuts(tree, "1.3", 0)).toEqual({});
  });

  test("of an answer in one piece are all at the question", () => {
    expect(cuts(treeOf(finished(1, 1, "Answer: 7")), "1.0", 4)).toEqual({ "0": 4 });
  });

  test("leave out a first answer to a sub-question that was answered anew", () => {
    const revised = thoughtAdd(2, "2.0", "1.0", "Question: a\nSo: 2\n");
    const bodies: SearchEventBody[] = [
      stepStart(1, { type: "propose", nodeId: "0", count: 1, role: "sub-question" }),
      thoughtAdd(1, "1.0", "0", "Question: a\nSo: 1\n"),
      stepEnd(1),
      stepStart(2, { type: "propose", nodeId: "1.0", count: 1, role: "re-answer" }),
      revised.type === "thought-add" ? { ...revised, thought: { ...revised.thought, form: "revision" } } : revised,
      stepEnd(2),
      stepStart(3, { type: "propose", nodeId: "2.0", count: 1, role: "finish" }),
      thoughtAdd(3, "3.0", "2.0", `${"and so on, ".repeat(3)}\nAnswer: 2`, true),
      stepEnd(3),
    ];
    // 18 characters of 61 are 29.5 %: the boundary after the new answer, never the one after the old.
    expect(cuts(treeOf(bodies), "3.0", 4)).toEqual({ "0": 1, "2.0": 3 });
  });
});

const TWO = [...finished(1, 0.5, ...FOUR), ...finished(2, 0.6, ...OTHER)];

describe("survival", () => {
  test("by hand: the root's completion agrees, one of two at 25 %, none at 50 %: (1 + 2 * 1/2 + 0) / 4", () => {
    const tree = treeOf([
      ...TWO,
      ...discriminated(3, "0", "Answer: 7"),
      ...discriminated(4, "1.0", "so\nAnswer: 7.0", "so\nAnswer: 9"),
      ...discriminated(5, "1.1", "no idea\nat all"),
    ]);
    const seven = contendersOf(tree).find(({ answerClass }) => answerClass === "7");
    expect(seven && survivalOf(tree, seven, 4)).toBeCloseTo(0.5, 12);
  });

  test("without a completion is 0, and a cut without one does not count against the others", () => {
    const [first] = contendersOf(treeOf(TWO));
    expect(first && survivalOf(treeOf(TWO), first, 4)).toBe(0);
    const tree = treeOf([...TWO, ...discriminated(4, "1.0", "Answer: 7", "Answer: 7")]);
    const seven = contendersOf(tree).find(({ answerClass }) => answerClass === "7");
    expect(seven && survivalOf(tree, seven, 4)).toBe(1);
  });
});

describe("the choice", () => {
  test("is by reward + survival: 8 leads by its reward alone, 7 where only its suffixes are confirmed", () => {
    expect(chooseContender(treeOf(TWO), RULE)).toMatchObject({ node: { id: "2.3" }, score: 0.15 });
    const tree = treeOf([...TWO, ...discriminated(4, "1.0", "Answer: 7", "Answer: 7")]);
    // (0.5 / 2 + 1) / 2, against 0.3 / 2.
    expect(chooseContender(tree, RULE)).toMatchObject({ node: { id: "1.3" }, score: 0.625 });
  });

  test("sums the rewards of equal answers, over the number of all: two of 0.5 in three outdo one of 0.6", () => {
    const tree = treeOf([...TWO, ...finished(3, 0.5, "Answer: 7.0")]);
    expect(contendersOf(tree).map(({ answerClass, reward }) => [answerClass, reward.toFixed(4)])).toEqual([
      ["7", "0.3333"],
      ["8", "0.2000"],
    ]);
    expect(chooseContender(tree, RULE)?.node.id).toBe("1.3");
  });

  test("is a proven answer before all, and the first one where none can be parsed", () => {
    const proven = [...TWO, ...judged(200, "1.3", 1, "verdict")];
    expect(chooseContender(treeOf(proven), RULE)).toMatchObject({ node: { id: "1.3" }, score: 1 });
    expect(chooseContender(treeOf(finished(1, 0.5, "I do not\n", "know\nat all")), RULE)?.node.id).toBe("1.1");
    expect(chooseContender(treeOf([]), RULE)).toBeNull();
  });
});

describe("the discriminator is asked", () => {
  test("for as many completions at each cut as are masked there, the largest reward first, and then no more", () => {
    let bodies = TWO;
    const seen: string[] = [];
    for (let stepId = 10; stepId < 20; stepId++) {
      const due = discriminationDue(treeOf(bodies), RULE);
      if (due === null) break;
      seen.push(`${due.count} at ${due.node.id}`);
      bodies = [...bodies, ...discriminated(stepId, due.node.id, ...Array.from({ length: due.count }, () => "x"))];
    }
    // The root's completion serves both trajectories.
    expect(seen).toEqual(["1 at 0", "2 at 2.0", "1 at 2.1", "2 at 1.0", "1 at 1.1"]);
  });

  test("nothing where all candidates agree, or only one answer is looked at", () => {
    expect(
      discriminationDue(treeOf([...finished(1, 0.5, ...FOUR), ...finished(3, 0.5, "Answer: 7")]), RULE),
    ).toBeNull();
    expect(discriminationDue(treeOf(TWO), { ...RULE, candidates: 1 })).toBeNull();
    expect(discriminationDue(treeOf(TWO), { ...RULE, suffixes: 0 })).toBeNull();
  });
});
