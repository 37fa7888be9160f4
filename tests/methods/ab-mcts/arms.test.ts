import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SearchEventBody } from "../../../src/core/event.ts";
import { armsOf, childArm } from "../../../src/methods/ab-mcts/arms.ts";
import type { Observations } from "../../../src/methods/ab-mcts/posterior.ts";
import { answerAdd, judged, revisionAdd } from "../../world/answers.ts";
import { stepEnd, stepStart, treeOf } from "../../world/log.ts";

/** Fresh answers 1.0 (0.5) and 2.0 (0.3); below 1.0 the revision 3.0 (0.8), below that 4.0 (0.2). */
const LOG = [
  answerAdd(1, "0", "Answer: 1"),
  answerAdd(2, "0", "Answer: 2"),
  revisionAdd(3, "1.0", "Answer: 3"),
  revisionAdd(4, "3.0", "Answer: 4"),
  judged(5, "1.0", 0.5),
  judged(6, "2.0", 0.3),
  judged(7, "3.0", 0.8),
  judged(8, "4.0", 0.2),
].flat();

function sums(count: number, sum: number, squareSum: number): Observations {
  return { count, sum: expect.closeTo(sum, 12), squareSum: expect.closeTo(squareSum, 12) };
}

describe("the arms by hand", () => {
  const tree = treeOf(LOG);

  test("GEN of the root has seen its fresh answers, 0.5 and 0.3", () => {
    expect(armsOf(tree.root).generate).toEqual(sums(2, 0.8, 0.34));
  });

  test("CONT of the root has seen what came below them, 0.8 and 0.2, and not the answers themselves", () => {
    expect(armsOf(tree.root).goOn).toEqual(sums(2, 1, 0.68));
  });

  test("the arm of 1.0 begins with its own 0.5 and has 0.8 and 0.2 on top; that of 2.0 its 0.3 alone", () => {
    expect(childArm(tree.node("1.0"))).toEqual(sums(3, 1.5, 0.93));
    expect(childArm(tree.node("2.0"))).toEqual(sums(1, 0.3, 0.09));
  });

  test("below 1.0: GEN 0.8, CONT 0.2; at a leaf neither has seen anything", () => {
    expect(armsOf(tree.node("1.0")).generate).toEqual(sums(1, 0.8, 0.64));
    expect(armsOf(tree.node("1.0")).goOn).toEqual(sums(1, 0.2, 0.04));
    expect(armsOf(tree.node("4.0")).generate).toEqual(sums(0, 0, 0));
    expect(armsOf(tree.node("4.0")).goOn).toEqual(sums(0, 0, 0));
  });
});

test("a child that waits for its score is no observation yet", () => {
  const tree = treeOf([...LOG, ...answerAdd(9, "0", "Answer: 9")]);
  expect(armsOf(tree.root).generate).toEqual(sums(2, 0.8, 0.34));
  expect(childArm(tree.node("9.0"))).toEqual(sums(0, 0, 0));
});

test("a sample that repeats 2.0 is a 0 to GEN, and no part of CONT", () => {
  const repeat: SearchEventBody[] = [
    stepStart(9, { type: "propose", nodeId: "0", count: 1, role: "end" }),
    { type: "thought-repeat", stepId: 9, nodeId: "2.0", index: 0 },
    stepEnd(9),
  ];
  const tree = treeOf([...LOG, ...repeat]);
  expect(armsOf(tree.root).generate).toEqual(sums(3, 0.8, 0.34));
  expect(armsOf(tree.root).goOn).toEqual(sums(2, 1, 0.68));
});

/** TreeQuest's bookkeeping, told one new child at a time: lists of observations under the names of the arms. */
function treeQuest(children: readonly { readonly parent: number; readonly score: number }[]): Map<string, number[]> {
  const arms = new Map<string, number[]>();
  const tell = (arm: string, score: number): void => void arms.set(arm, [...(arms.get(arm) ?? []), score]);
  const parentOf = (node: number): number => children[node - 1]?.parent ?? 0;
  children.forEach(({ parent, score }, index) => {
    tell(`arm ${index + 1}`, score);
    tell(`GEN ${parent}`, score);
    for (let at = parent; at !== 0; at = parentOf(at)) {
      tell(`CONT ${parentOf(at)}`, score);
      tell(`arm ${at}`, score);
    }
  });
  return arms;
}

test("what is read off the tree is what TreeQuest would have written down", () => {
  const child = fc.record({ parent: fc.nat(), score: fc.double({ min: 0, max: 1, noNaN: true }) });
  fc.assert(
    fc.property(fc.array(child, { minLength: 1, maxLength: 25 }), (drawn) => {
      const children = drawn.map(({ parent, score }, index) => ({ parent: parent % (index + 1), score }));
      const idOf = (node: number): string => (node === 0 ? "0" : `${node}.0`);
      const bodies = children.flatMap(({ parent, score }, index) => [
        ...revisionAdd(index + 1, idOf(parent), `Answer: ${index}`),
        ...judged(100 + index, idOf(index + 1), score),
      ]);
      const tree = treeOf(bodies);
      const written = treeQuest(children);
      for (let node = 0; node <= children.length; node++) {
        const at = tree.node(idOf(node));
        const seen = { GEN: armsOf(at).generate, CONT: armsOf(at).goOn, ...(node > 0 && { arm: childArm(at) }) };
        for (const [arm, observations] of Object.entries(seen)) {
          const scores = written.get(`${arm} ${node}`) ?? [];
          expect(observations.count).toBe(scores.length);
          expect(observations.sum).toBeCloseTo(
            scores.reduce((sum, one) => sum + one, 0),
            9,
          );
          expect(observations.squareSum).toBeCloseTo(
            scores.reduce((sum, one) => sum + one ** 2, 0),
            9,
          );
        }
      }
    }),
    { numRuns: 50 },
  );
});
