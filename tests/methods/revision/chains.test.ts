import { describe, expect, test } from "vitest";
import type { SearchEventBody } from "../../../src/core/event.ts";
import { candidatesByChain, planOf, standingOf } from "../../../src/methods/revision/chains.ts";
import { answerAdd, noteAdd, revisionAdd } from "../../world/answers.ts";
import { stepEnd, stepStart, treeOf } from "../../world/log.ts";

const standing = (bodies: readonly SearchEventBody[], chains: number, length: number) => {
  const { note, next, owed } = standingOf(treeOf(bodies), { chains, length });
  return { note: note?.id ?? null, next: next?.id ?? null, owed };
};

test("16 rollouts in 4 chains are 4 answers each, 10 in 4 are 3 at most, 2 in 4 are two chains of one", () => {
  expect(planOf(16, 4)).toEqual({ chains: 4, length: 4 });
  expect(planOf(10, 4)).toEqual({ chains: 4, length: 3 });
  expect(planOf(2, 4)).toEqual({ chains: 2, length: 1 });
  expect(planOf(1, 4)).toEqual({ chains: 1, length: 1 });
});

const TWO = [...answerAdd(1, "0", "Answer: 1"), ...answerAdd(2, "0", "Answer: 2")];

describe("a chain goes on", () => {
  test("with fresh answers first, then at the shorter chain, the earlier of two", () => {
    expect(standing([], 2, 3).next).toBe("0");
    expect(standing(TWO.slice(0, 3), 2, 3).next).toBe("0");
    expect(standing(TWO, 2, 3).next).toBe("1.0");
    expect(standing([...TWO, ...revisionAdd(3, "1.0", "Answer: 3")], 2, 3).next).toBe("2.0");
  });

  test("to its length and no further", () => {
    const full = [...TWO, ...revisionAdd(3, "1.0", "Answer: 3"), ...revisionAdd(4, "2.0", "Answer: 4")];
    expect(standing(full, 2, 2).next).toBeNull();
    expect(standing(full, 2, 3).next).toBe("3.0");
  });

  test("not where its next answer is being written", () => {
    const asked = stepStart(3, { type: "propose", nodeId: "1.0", count: 1, role: "revise" });
    expect(standing([...TWO, asked], 2, 2).next).toBe("2.0");
  });

  test("as often as its last answer came: two chains that began alike are still two", () => {
    const twice: SearchEventBody[] = [
      ...answerAdd(1, "0", "Answer: 1"),
      stepStart(2, { type: "propose", nodeId: "0", count: 1, role: "end" }),
      { type: "thought-repeat", stepId: 2, nodeId: "1.0", index: 0 },
      stepEnd(2),
    ];
    expect(standing([...twice, ...revisionAdd(3, "1.0", "Answer: 3")], 2, 2).next).toBe("1.0");
    const both = [...twice, ...revisionAdd(3, "1.0", "Answer: 3"), ...revisionAdd(4, "1.0", "Answer: 4")];
    expect(standing(both, 2, 2).next).toBeNull();
  });

  test("by the refinement of a critique that is there, whatever else could be done", () => {
    const criticised = [...TWO, ...noteAdd(3, "2.0", "a flaw")];
    expect(standing(criticised, 2, 2)).toEqual({ note: "3.0", next: "1.0", owed: 1 });
    const refined = [...criticised, ...revisionAdd(4, "3.0", "Answer: 4")];
    expect(standing(refined, 2, 2)).toEqual({ note: null, next: "1.0", owed: 0 });
  });
});

test("the candidates of a chain are its fresh answer and all its revisions", () => {
  const tree = treeOf([
    ...TWO,
    ...noteAdd(3, "2.0", "a flaw"),
    ...revisionAdd(4, "3.0", "Answer: 4"),
    ...revisionAdd(5, "1.0", "Answer: 5"),
    ...revisionAdd(6, "5.0", "Answer: 6"),
  ]);
  const chains = candidatesByChain(tree).map((candidates) => candidates.map(({ id }) => id));
  expect(chains).toEqual([
    ["1.0", "5.0", "6.0"],
    ["2.0", "4.0"],
  ]);
});
