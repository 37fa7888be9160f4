import { describe, expect, test } from "vitest";
import type { SearchEventBody } from "../../../src/core/event.ts";
import type { Node } from "../../../src/core/node.ts";
import { revisedFrom } from "../../../src/core/revisions.ts";
import { createStanding, isFullyExpanded } from "../../../src/methods/mcts-self-refine/expansion.ts";
import { createUct, qualityOf } from "../../../src/methods/mcts-self-refine/uct.ts";
import { answerAdd, judged, noteAdd, revisionAdd } from "../../world/answers.ts";
import { stepStart, treeOf } from "../../world/log.ts";

const grown = (...bodies: readonly (readonly SearchEventBody[])[]) =>
  treeOf(bodies.flat(), { family: "max-blend", discount: 1 });

/** A draft judged 0.6 and 0.4, its revision 0.7 through one critique. */
const REVISED = [
  answerAdd(1, "0", "Answer: 1"),
  judged(2, "1.0", 0.6),
  noteAdd(3, "1.0", "a flaw"),
  revisionAdd(4, "3.0", "Answer: 2"),
  judged(5, "4.0", 0.7),
  judged(6, "1.0", 0.4),
];

describe("Q", () => {
  test("of an answer judged 0.6 and 0.4 is (min + mean) / 2 = (0.4 + 0.5) / 2", () => {
    const tree = grown(answerAdd(1, "0", "Answer: 1"), judged(2, "1.0", 0.6), judged(3, "1.0", 0.4));
    expect(qualityOf(tree.node("1.0"))).toBeCloseTo(0.45, 12);
  });

  test("is blended with the best revision's, through the critique: (0.45 + 0.7) / 2", () => {
    const tree = grown(...REVISED);
    expect(qualityOf(tree.node("1.0"))).toBeCloseTo(0.575, 12);
    expect(qualityOf(tree.node("4.0"))).toBe(0.7);
  });

  test("of the dummy answer, the root, is (0 + best below) / 2", () => {
    expect(qualityOf(grown(...REVISED).root)).toBeCloseTo(0.2875, 12);
    expect(qualityOf(grown().root)).toBe(0);
  });
});

describe("UCT", () => {
  const uct = (answer: Node, explorationWeight: number) =>
    createUct(answer.parent === null ? answer : revisedFrom(answer), explorationWeight)(answer);

  test("by hand: the draft has 3 visits of the root's 3, the revision 1 of the draft's 3", () => {
    const tree = grown(...REVISED);
    // ln 3 + 1 = 2.0986122887
    expect(uct(tree.node("1.0"), 0.5)).toBeCloseTo(0.575 + 0.5 * Math.sqrt(2.0986122887 / 3.00001), 9);
    expect(uct(tree.node("4.0"), 0.5)).toBeCloseTo(0.7 + 0.5 * Math.sqrt(2.0986122887 / 1.00001), 9);
    expect(uct(tree.node("4.0"), 0)).toBe(0.7);
  });

  test("of the dummy, its own father: 0.2875 + c sqrt((ln 3 + 1) / 3)", () => {
    expect(uct(grown(...REVISED).root, 1)).toBeCloseTo(0.2875 + Math.sqrt(2.0986122887 / 3.00001), 9);
  });

  test("counts what is in flight: a critique of the revision makes 1 + 1 tries of 3 + 1, its Q unchanged", () => {
    const tree = grown(...REVISED, [stepStart(7, { type: "propose", nodeId: "4.0", count: 1, role: "critique" })]);
    expect(uct(tree.node("4.0"), 0.5)).toBeCloseTo(0.7 + 0.5 * Math.sqrt((Math.log(4) + 1) / 2.00001), 9);
  });

  test("an answer that waits for its first judgement explores with its father's Q", () => {
    const tree = grown(...REVISED, noteAdd(7, "1.0", "another flaw"), revisionAdd(8, "7.0", "Answer: 3"), [
      stepStart(9, { type: "verify", nodeIds: ["8.0"] }),
    ]);
    expect(uct(tree.node("8.0"), 0.5)).toBeCloseTo(0.575 + 0.5 * Math.sqrt((Math.log(4) + 1) / 1.00001), 9);
  });
});

describe("fully expanded", () => {
  test("is an answer with all its children, one of them better than itself", () => {
    const tree = grown(...REVISED);
    expect(isFullyExpanded(tree.node("1.0"), 1)).toBe(true);
    expect(isFullyExpanded(tree.node("1.0"), 2)).toBe(false);
    expect(isFullyExpanded(tree.node("4.0"), 1)).toBe(false);
  });

  test("is not one whose children are all worse, however many", () => {
    const tree = grown(
      answerAdd(1, "0", "Answer: 1"),
      judged(2, "1.0", 0.6),
      noteAdd(3, "1.0", "a flaw"),
      revisionAdd(4, "3.0", "Answer: 2"),
      judged(5, "4.0", 0.5),
    );
    expect(isFullyExpanded(tree.node("1.0"), 1)).toBe(false);
  });

  test("is one whose last child may still turn out better: at no width are more begun than allowed", () => {
    const draft = [answerAdd(1, "0", "Answer: 1"), judged(2, "1.0", 0.6)];
    const asked = grown(...draft, [stepStart(3, { type: "propose", nodeId: "1.0", count: 1, role: "critique" })]);
    expect(isFullyExpanded(asked.node("1.0"), 1)).toBe(true);
    expect(isFullyExpanded(grown(...draft, noteAdd(3, "1.0", "a flaw")).node("1.0"), 1)).toBe(true);
  });
});

describe("what comes next", () => {
  test("a critique is refined before anything else is taken up, the earliest first, and its rollout counts as begun", () => {
    const tree = grown(...REVISED, noteAdd(7, "4.0", "x"), noteAdd(8, "1.0", "y"), [
      stepStart(9, { type: "propose", nodeId: "4.0", count: 1, role: "critique" }),
    ]);
    expect(createStanding(0.1, 3)(tree)).toMatchObject({ note: { id: "7.0" }, owed: 3 });
  });

  test("a critique that said what another had said is refined once more", () => {
    const repeat: SearchEventBody[] = [
      stepStart(7, { type: "propose", nodeId: "1.0", count: 1, role: "critique" }),
      { type: "thought-repeat", stepId: 7, nodeId: "3.0", index: 0 },
    ];
    expect(createStanding(0.1, 3)(grown(...REVISED, repeat))).toMatchObject({ note: { id: "3.0" } });
    expect(createStanding(0.1, 3)(grown(...REVISED))).toMatchObject({ note: null, owed: 0 });
  });

  test("the answer with the highest UCT: the revision at a small c, the dummy where all others are fully expanded", () => {
    expect(createStanding(0.1, 3)(grown(...REVISED)).next?.id).toBe("4.0");
    const asked = grown(...REVISED, noteAdd(7, "4.0", "x"));
    expect(createStanding(0.1, 1)(asked).next).toBeNull();
    expect(createStanding(0.1, 2)(asked).next?.id).toBe("4.0");
  });

  test("ties go to the earlier created", () => {
    const twins = grown(
      answerAdd(1, "0", "Answer: 1"),
      answerAdd(2, "0", "Answer: 2"),
      judged(3, "2.0", 0.5),
      judged(4, "1.0", 0.5),
    );
    expect(createStanding(0.1, 3)(twins).next?.id).toBe("1.0");
  });
});
