import { expect, test } from "vitest";
import { rebase } from "../../../src/methods/rebase/method.ts";
import { asked } from "../../world/decisions.ts";
import { scoreAdd, stepEnd, stepStart, thoughtAdd, treeOf } from "../../world/log.ts";

const context = { rollouts: 5, verifier: { name: "prm", scope: "all", isComparative: false }, seed: 1 } as const;
const method = rebase.create({}, context);

/** Five samples at the root: a (the draft's first step), b, an answer, c, and b once more or d. */
function level(last: "b" | "d", scores: readonly [a: number, b: number, c: number, d: number]) {
  const [a, b, c, d] = scores;
  return [
    stepStart(1, { type: "propose", nodeId: "0", count: 1, role: "end" }, 1),
    thoughtAdd(1, "1.0", "0", "a\n"),
    thoughtAdd(1, "1.1", "1.0", "Answer: 1", true),
    stepEnd(1),
    stepStart(2, { type: "propose", nodeId: "0", count: 4, role: "step" }),
    thoughtAdd(2, "2.0", "0", "b\n"),
    thoughtAdd(2, "2.1", "0", "Answer: 2", true),
    thoughtAdd(2, "2.2", "0", "c\n"),
    last === "d"
      ? thoughtAdd(2, "2.3", "0", "d\n")
      : ({ type: "thought-repeat", stepId: 2, nodeId: "2.0", index: 3 } as const),
    stepEnd(2),
    stepStart(3, { type: "verify", nodeIds: ["1.0", "1.1", "2.0", "2.1", "2.2", ...(last === "d" ? ["2.3"] : [])] }),
    scoreAdd(3, "1.0", a),
    scoreAdd(3, "1.1", 0.4),
    scoreAdd(3, "2.0", b),
    scoreAdd(3, "2.1", 0.7),
    scoreAdd(3, "2.2", c, c === 0 ? "verdict" : "estimate"),
    ...(last === "d" ? [scoreAdd(3, "2.3", d)] : []),
    stepEnd(3),
  ];
}

test("a finished answer takes one place of the width with it: 4 are left for a 0.9, b 0.7, c 0.5 and d 0.3", () => {
  // Weights as 1 : 0.36788 : 0.13534 : 0.04979, sum 1.55301. ceil(4 / 1.55301) = 3; of 1 left ceil(0.36788 / 0.55301) =
  // 1. One of the three below a is there already: the draft's.
  expect(asked(method, level("d", [0.9, 0.7, 0.5, 0.3]))).toEqual(["step 2 at 1.0", "step 1 at 2.0"]);
});

test("a refuted step gets nothing, and its share goes to the others", () => {
  expect(asked(method, level("d", [0.5, 0.5, 0, 0.5]))).toEqual(["step 1 at 1.0", "step 1 at 2.0", "step 1 at 2.3"]);
});

test("a step that was said twice has the share of two", () => {
  // a, b, c, b at equal scores and 4 places: one each.
  expect(asked(method, level("b", [0.5, 0.5, 0.5, 0]))).toEqual(["step 2 at 2.0", "step 1 at 2.2"]);
});

test("at the depth limit what is unfinished is completed with the shares it has", () => {
  const shallow = rebase.create({ max_depth: 1 }, context);
  expect(asked(shallow, level("d", [0.9, 0.7, 0.5, 0.3]))).toEqual(["end 2 at 1.0", "end 1 at 2.0"]);
});

test("the answers vote with their scores: two of 0.4 outvote one of 0.7", () => {
  const log = [
    ...level("d", [0.9, 0.7, 0.5, 0.3]),
    stepStart(4, { type: "propose", nodeId: "2.0", count: 1, role: "step" }, 1),
    thoughtAdd(4, "4.0", "2.0", "Answer: 1", true),
    stepEnd(4),
    stepStart(5, { type: "verify", nodeIds: ["4.0"] }),
    scoreAdd(5, "4.0", 0.4),
    stepEnd(5),
  ];
  expect(method.answer(treeOf(log))?.node.id).toBe("1.1");
  expect(method.answer(treeOf(level("d", [0.9, 0.7, 0.5, 0.3])))?.node.id).toBe("2.1");
});
