import { describe, expect, test } from "vitest";
import type { SearchEventBody } from "../../../src/core/event.ts";
import { askedAt } from "../../../src/core/node.ts";
import { ACTIONS, type ActionRule, actionDue } from "../../../src/methods/rstar/actions.ts";
import { rewardDue } from "../../../src/methods/rstar/rewards.ts";
import { createUct, rewardOf } from "../../../src/methods/rstar/uct.ts";
import { answerAdd, judged, noteAdd } from "../../world/answers.ts";
import { scoreAdd, stepEnd, stepStart, thoughtAdd, treeOf } from "../../world/log.ts";

const RULE: ActionRule = { actions: ACTIONS, votes: 2, samples: 3, maxDepth: 3 };

/** A step that asks for `count` samples of an action and is answered by these thoughts. */
function asked(
  stepId: number,
  nodeId: string,
  role: string,
  count: number,
  ...thoughts: readonly SearchEventBody[]
): SearchEventBody[] {
  return [stepStart(stepId, { type: "propose", nodeId, count, role }), ...thoughts, stepEnd(stepId)];
}

/** A node of this role below the root: "1.0". */
function nodeOf(role: string): SearchEventBody[] {
  return role === "rephrase"
    ? noteAdd(1, "0", "in short", role)
    : asked(1, "0", role, 1, thoughtAdd(1, "1.0", "0", "a\n"));
}

describe("what a node tries", () => {
  const triedBy = (role: string): string[] => {
    let bodies = role === "" ? [] : nodeOf(role);
    const nodeId = role === "" ? "0" : "1.0";
    const tried: string[] = [];
    for (let stepId = 2; stepId < 20; stepId++) {
      const due = actionDue(treeOf(bodies).node(nodeId), RULE);
      if (due === null) return tried;
      tried.push(`${due.count} ${due.action}`);
      bodies = [...bodies, ...asked(stepId, nodeId, due.action, due.count)];
    }
    return tried;
  };

  test("the question: everything but another answer to a sub-question, its own finish first", () => {
    expect(triedBy("")).toEqual(["2 finish", "3 sub-question", "3 step", "1 rephrase"]);
  });

  test("a sub-question may be answered again, once; a new answer and a rephrasing may not", () => {
    expect(triedBy("sub-question")).toEqual(["2 finish", "3 sub-question", "3 step", "1 re-answer"]);
    expect(triedBy("re-answer")).toEqual(["2 finish", "3 sub-question", "3 step"]);
    expect(triedBy("rephrase")).toEqual(["2 finish", "3 sub-question", "3 step"]);
  });

  test("a step is followed by steps, also one that a finished answer was split into", () => {
    expect(triedBy("step")).toEqual(["2 finish", "3 step"]);
    expect(triedBy("finish")).toEqual(["2 finish", "3 step"]);
  });

  test("a deep node is only finished, and what is not allowed is not tried", () => {
    const { root } = treeOf([]);
    expect(actionDue({ ...root, depth: 3, asked: new Map([["finish", 2]]) }, RULE)).toBeNull();
    expect(
      actionDue({ ...root, asked: new Map([["finish", 2]]) }, { ...RULE, actions: ["finish", "rephrase"] }),
    ).toEqual({
      action: "rephrase",
      count: 1,
    });
  });
});

/** Two finished answers below 1.0 with rewards 1 and 0.5, one below 2.0 with 0.2; votes = 2. */
const JUDGED = [
  ...asked(1, "0", "step", 1, thoughtAdd(1, "1.0", "0", "a\n")),
  ...asked(2, "0", "step", 1, thoughtAdd(2, "2.0", "0", "b\n")),
  ...asked(
    3,
    "1.0",
    "finish",
    2,
    thoughtAdd(3, "3.0", "1.0", "Answer: 1", true),
    thoughtAdd(3, "3.1", "1.0", "Answer: 2", true),
  ),
  ...asked(4, "2.0", "finish", 1, thoughtAdd(4, "4.0", "2.0", "Answer: 3", true)),
  ...judged(5, "3.0", 1),
  ...judged(6, "3.1", 0.5),
  ...judged(7, "4.0", 0.2),
];

describe("UCT", () => {
  test("by hand, in simulations of two votes each: 1.0 had 1, 2.0 half of one, the root 3/2", () => {
    const tree = treeOf(JUDGED, rewardOf(2));
    const uct = createUct(tree.root, 2, 2);
    expect(tree.root.weightSum).toBeCloseTo(1.5, 12);
    expect(uct(tree.node("1.0"))).toBeCloseTo(0.75 + 2 * Math.sqrt(Math.log(1.5) / 1), 9);
    expect(uct(tree.node("2.0"))).toBeCloseTo(0.2 + 2 * Math.sqrt(Math.log(1.5) / 0.5), 9);
  });

  test("counts what is in flight: two samples at 1.0 are one more simulation there and at the root", () => {
    const inFlight = stepStart(8, { type: "propose", nodeId: "1.0", count: 2, role: "step" });
    const tree = treeOf([...JUDGED, inFlight], rewardOf(2));
    expect(createUct(tree.root, 2, 2)(tree.node("1.0"))).toBeCloseTo(0.75 + 2 * Math.sqrt(Math.log(2.5) / 2), 9);
  });

  test("a child without a simulation comes first", () => {
    const tree = treeOf([...JUDGED, ...asked(8, "0", "step", 1, thoughtAdd(8, "8.0", "0", "c\n"))], rewardOf(2));
    expect(createUct(tree.root, 2, 2)(tree.node("8.0"))).toBe(Number.POSITIVE_INFINITY);
  });

  test("without anybody who judges, the samples asked for stand for simulations", () => {
    const unjudged = JUDGED.filter((body) => body.type !== "score-add");
    const tree = treeOf(unjudged, rewardOf(2));
    expect(createUct(tree.root, 2, 2)(tree.node("2.0"))).toBeCloseTo(2 * Math.sqrt(Math.log(1) / 0.5), 9);
    expect(createUct(tree.root, 2, 2)(tree.node("1.0"))).toBe(0);
  });

  test("a candidate that is judged again keeps the reward that it had", () => {
    const tree = treeOf([...JUDGED, ...judged(8, "4.0", 1)], rewardOf(2));
    expect(tree.node("2.0").value).toBeCloseTo(0.2, 12);
    expect(tree.node("2.0").weightSum).toBe(0.5);
  });
});

describe("rewards by votes", () => {
  const VOTES = { name: "agreement", scope: "complete", isComparative: true } as const;
  const due = (bodies: readonly SearchEventBody[], votes = 2, isSearchDone = false): readonly string[] | null => {
    const decision = rewardDue(treeOf(bodies, rewardOf(votes)), VOTES, votes, isSearchDone);
    return decision?.type === "step" && decision.step.type === "verify" ? decision.step.nodeIds : null;
  };
  const draft = answerAdd(1, "0", "Answer: 1", undefined, "finish");

  test("wait at the root for the votes after the draft, which alone would be unanimous", () => {
    expect(due(draft)).toBeNull();
    const second = stepStart(2, { type: "propose", nodeId: "0", count: 1, role: "finish" });
    expect(due([...draft, second])).toBeNull();
    const answer = thoughtAdd(2, "2.0", "0", "Answer: 2", true);
    expect(due([...draft, second, answer, stepEnd(2)])).toEqual(["1.0", "2.0"]);
    expect(due(draft, 2, true)).toEqual(["1.0"]);
  });

  test("are taken among what was found below the node that was finished", () => {
    const root = [...draft, ...answerAdd(2, "0", "Answer: 2", undefined, "finish")];
    const rooted = [
      ...root,
      stepStart(3, { type: "verify", nodeIds: ["1.0", "2.0"] }),
      scoreAdd(3, "1.0", 0.5),
      scoreAdd(3, "2.0", 0.5),
      stepEnd(3),
    ];
    const finished = asked(
      5,
      "4.0",
      "finish",
      2,
      thoughtAdd(5, "5.0", "4.0", "x\n"),
      thoughtAdd(5, "5.1", "5.0", "Answer: 3", true),
      thoughtAdd(5, "5.2", "4.0", "Answer: 4", true),
    );
    const below = [...rooted, ...asked(4, "0", "step", 1, thoughtAdd(4, "4.0", "0", "a\n")), ...finished];
    expect(due(below)).toEqual(["5.2", "5.1"].sort());
    // A vote that began like 5.0 is added there: the poll is of all below 5.0's parent where one of its call is.
    const more = asked(
      6,
      "4.0",
      "finish",
      2,
      thoughtAdd(6, "6.0", "5.0", "Answer: 5", true),
      thoughtAdd(6, "6.1", "4.0", "Answer: 6", true),
    );
    const known = [...below, ...judged(7, "5.1", 0.5), ...judged(8, "5.2", 0.5)];
    expect(due([...known, ...more])?.toSorted()).toEqual(["5.1", "5.2", "6.0", "6.1"]);
  });

  test("are not given to a single step that completes a candidate, before the end", () => {
    const tree = [
      ...draft,
      ...answerAdd(2, "0", "Answer: 2", undefined, "finish"),
      ...judged(3, "1.0", 1),
      ...judged(4, "2.0", 1),
    ];
    const stepped = [...tree, ...answerAdd(5, "0", "Answer: 5", undefined, "step")];
    expect(due(stepped)).toBeNull();
    expect(due(stepped, 2, true)).toEqual(["1.0", "2.0", "5.0"]);
  });

  test("are not waited for where a verifier looks at each candidate by itself", () => {
    const one = { name: "judge", scope: "all", isComparative: false } as const;
    expect(rewardDue(treeOf(draft), one, 4, false)).toMatchObject({ step: { nodeIds: ["1.0"] } });
    expect(rewardDue(treeOf(draft), null, 4, false)).toBeNull();
  });
});

test("samples of an action are counted where they were asked for, failed ones not", () => {
  const failed: SearchEventBody[] = [
    stepStart(2, { type: "propose", nodeId: "0", count: 3, role: "step" }),
    { type: "step-fail", stepId: 2, error: { type: "unavailable", message: "" }, attempts: [], willRetry: false },
  ];
  const tree = treeOf([...asked(1, "0", "finish", 2, thoughtAdd(1, "1.0", "0", "Answer: 1", true)), ...failed]);
  expect(askedAt(tree.root, "finish")).toBe(2);
  expect(askedAt(tree.root, "step")).toBe(0);
});
