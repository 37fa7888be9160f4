import { describe, expect, test } from "vitest";
import type { SearchEventBody } from "../../../src/core/event.ts";
import type { Node } from "../../../src/core/node.ts";
import { likenessByEdit, likenessByJudge, SAME } from "../../../src/methods/alpha/likeness.ts";
import { optionsOf } from "../../../src/methods/alpha/options.ts";
import { SIMULATE } from "../../../src/methods/alpha/returns.ts";
import { createStepDistance } from "../../../src/methods/step-distance.ts";
import { stepEnd, stepStart, thoughtAdd, treeOf } from "../../world/log.ts";

/** Samples at the root in the order asked for; a text that was there before is a repetition. A final "!" is an answer. */
function samples(...texts: readonly string[]): SearchEventBody[] {
  const ids = new Map<string, string>();
  return [
    stepStart(1, { type: "propose", nodeId: "0", count: texts.length, role: "step" }),
    ...texts.map((text, index): SearchEventBody => {
      const known = ids.get(text);
      if (known !== undefined) return { type: "thought-repeat", stepId: 1, nodeId: known, index };
      ids.set(text, `1.${index}`);
      return thoughtAdd(1, `1.${index}`, "0", text, text.endsWith("!"));
    }),
    stepEnd(1),
  ];
}

/** By edit distance below 0.3 of 10 characters: up to two differ. */
function optionsBy(log: readonly SearchEventBody[], maxTrials: number) {
  const distance = createStepDistance();
  const likenessOf = (candidate: Node, kept: readonly Node[]) => likenessByEdit(candidate, kept, distance, 0.3);
  const { kept, taken } = optionsOf(treeOf(log).root, likenessOf, maxTrials);
  return [kept.map(({ thought }) => thought?.text), taken];
}

describe("state merge by edit distance", () => {
  test("the first is an option, one that is unlike it another, one that is like either is none", () => {
    expect(optionsBy(samples("aaaaaaaaaa", "bbbbbbbbbb", "aaaaaaaaax", "bbbbbbbbyy"), 5)).toEqual([
      ["aaaaaaaaaa", "bbbbbbbbbb"],
      2,
    ]);
  });

  test("when the trials run out the farthest of them stays, not the last", () => {
    const log = samples("aaaaaaaaaa", "aaaaaaaaax", "aaaaaaaayy", "aaaaaaaaaz");
    expect(optionsBy(log, 3)).toEqual([["aaaaaaaaaa"], 1]);
    // After the first candidate two more: distances 0.1, 0.2, 0.1.
    expect(optionsBy(log, 2)).toEqual([["aaaaaaaaaa", "aaaaaaaayy"], 2]);
  });

  test("a sample that is far enough ends the trials; those before it stay merged", () => {
    const log = samples("aaaaaaaaaa", "aaaaaaaaax", "bbbbbbbbbb", "aaaaaaaaaz", "aaaaaaaaay");
    expect(optionsBy(log, 2)).toEqual([["aaaaaaaaaa", "bbbbbbbbbb"], 2]);
  });

  test("a place for which there are only repetitions is given up", () => {
    const log = samples("aaaaaaaaaa", "aaaaaaaaaa", "aaaaaaaaaa", "aaaaaaaaaa");
    expect(optionsBy(log, 2)).toEqual([["aaaaaaaaaa"], 2]);
  });

  test("a final answer is never sampled anew, and a repeated one takes a place", () => {
    expect(optionsBy(samples("aaaaaaaaa!", "aaaaaaaab!"), 5)).toEqual([["aaaaaaaaa!", "aaaaaaaab!"], 2]);
    expect(optionsBy(samples("aaaaaaaaa!", "aaaaaaaaa!"), 5)).toEqual([["aaaaaaaaa!"], 2]);
  });

  test("fast rollouts are no options", () => {
    const log = [
      ...samples("aaaaaaaaaa"),
      stepStart(2, { type: "propose", nodeId: "0", count: 1, role: SIMULATE }),
      thoughtAdd(2, "2.0", "0", "Answer: 1", true),
      stepEnd(2),
    ];
    expect(optionsBy(log, 5)).toEqual([["aaaaaaaaaa"], 1]);
  });
});

describe("state merge by a judge", () => {
  const three = samples("a", "b", "c");
  const compared = (stepId: number, first: string, second: string, value: number): SearchEventBody[] => [
    stepStart(stepId, { type: "compare", role: SAME, nodeIds: [first, second] }),
    { type: "comparison-add", stepId, value, reason: "" },
    stepEnd(stepId),
  ];
  const optionsAfter = (...comparisons: readonly SearchEventBody[]) => {
    const tree = treeOf([...three, ...comparisons]);
    const { kept, undecided } = optionsOf(tree.root, (one, kept) => likenessByJudge(tree, one, kept), 5);
    return [kept.map(({ id }) => id), undecided.map((pair) => pair.map(({ id }) => id))];
  };

  test("a candidate is compared with every option before the next one's turn comes", () => {
    expect(optionsAfter()).toEqual([["1.0"], [["1.1", "1.0"]]]);
    expect(optionsAfter(...compared(2, "1.1", "1.0", 0))).toEqual([
      ["1.0", "1.1"],
      [
        ["1.2", "1.0"],
        ["1.2", "1.1"],
      ],
    ]);
  });

  test("called the same as more than a fifth of the options it is merged", () => {
    const apart = compared(2, "1.1", "1.0", 0);
    expect(optionsAfter(...apart, ...compared(3, "1.2", "1.0", 1), ...compared(4, "1.2", "1.1", 0))).toEqual([
      ["1.0", "1.1"],
      [],
    ]);
    expect(optionsAfter(...compared(2, "1.1", "1.0", 1), ...compared(3, "1.2", "1.0", 0))).toEqual([
      ["1.0", "1.2"],
      [],
    ]);
  });

  test("a judgement that says nothing merges nothing", () => {
    expect(optionsAfter(...compared(2, "1.1", "1.0", 0.5))).toMatchObject([["1.0", "1.1"], {}]);
  });
});
