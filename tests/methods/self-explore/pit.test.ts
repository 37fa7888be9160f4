import { describe, expect, test } from "vitest";
import type { SearchEventBody } from "../../../src/core/event.ts";
import { countOutcomes, OUTCOMES, outcomesKept } from "../../../src/methods/self-explore/outcomes.ts";
import { type ExplorationPlan, explorationOf, firstPit } from "../../../src/methods/self-explore/pit.ts";
import { judged } from "../../world/answers.ts";
import { stepEnd, stepStart, thoughtAdd, treeOf } from "../../world/log.ts";

/** A chain of steps below a node; the last completes it, and is right or wrong. Nodes "s.0", "s.1", ... of step s. */
function chain(stepId: number, parentId: string, length: number, isRight: boolean): SearchEventBody[] {
  const steps = Array.from({ length }, (_unused, index) => {
    const parent = index === 0 ? parentId : `${stepId}.${index - 1}`;
    const isLast = index === length - 1;
    return thoughtAdd(
      stepId,
      `${stepId}.${index}`,
      parent,
      isLast ? `Answer: ${stepId}` : `${stepId}-${index}\n`,
      isLast,
    );
  });
  return [
    stepStart(stepId, { type: "propose", nodeId: parentId, count: 1, role: "end" }),
    ...steps,
    stepEnd(stepId),
    ...judged(100 + stepId, `${stepId}.${length - 1}`, isRight ? 1 : 0, "verdict"),
  ];
}

/** A right solution of two steps, and a wrong one of four: 2.0, 2.1, 2.2, 2.3. */
const BASE = [...chain(1, "0", 2, true), ...chain(2, "0", 4, false)];

function pitOf(bodies: readonly SearchEventBody[], minCompletions = 0): string | null {
  const tree = treeOf(bodies);
  return firstPit(tree, tree.node("2.3"), minCompletions)?.id ?? null;
}

describe("the first pit", () => {
  test("is the first step that leads to nothing right while the one before does: 2.1, where 2.0 has a right completion", () => {
    expect(pitOf([...BASE, ...chain(3, "2.0", 2, true)])).toBe("2.1");
  });

  test("is the first step where only the question leads to something right", () => {
    expect(pitOf(BASE)).toBe("2.0");
  });

  test("lies below the last step with anything right below it, however deep that is", () => {
    expect(pitOf([...BASE, ...chain(3, "2.2", 1, true)])).toBe("2.3");
    expect(pitOf([...BASE, ...chain(3, "2.1", 2, true), ...chain(4, "2.0", 1, false)])).toBe("2.2");
  });

  test("wants others than the solution itself to have failed from there, as many as asked for; the last step wants none", () => {
    const tried = [...BASE, ...chain(3, "2.0", 2, true), ...chain(4, "2.1", 2, false)];
    expect(pitOf(tried, 1)).toBe("2.1");
    expect(pitOf(tried, 2)).toBeNull();
    expect(pitOf([...BASE, ...chain(3, "2.2", 1, true)], 4)).toBe("2.3");
  });

  test("is not looked for where nothing at all is right, and a right solution has none", () => {
    expect(pitOf(chain(2, "0", 4, false))).toBeNull();
    const tree = treeOf(BASE);
    expect(firstPit(tree, tree.node("1.1"))).toBeNull();
  });

  test("is not claimed of a solution that nobody refuted", () => {
    const tree = treeOf(BASE.filter((body) => !("stepId" in body) || body.stepId !== 102));
    expect(firstPit(tree, tree.node("2.3"))).toBeNull();
  });
});

test("outcomes by hand: 1 of 3 right below 2.0; the fold keeps the same sums, and estimates do not count", () => {
  const bodies = [...BASE, ...chain(3, "2.0", 2, true), ...chain(4, "2.1", 2, false), ...judged(300, "2.1", 0.7)];
  const [counted, kept] = [treeOf(bodies), treeOf(bodies, OUTCOMES)];
  expect(countOutcomes(counted)(counted.node("2.0"))).toEqual({ right: 1, judged: 3 });
  for (const { id } of counted.nodes) {
    expect(outcomesKept(kept.node(id))).toEqual(countOutcomes(counted)(counted.node(id)));
  }
  expect(outcomesKept(kept.root)).toEqual({ right: 2, judged: 4 });
});

test("a solution that came three times counts three times", () => {
  const again = (stepId: number): SearchEventBody[] => [
    stepStart(stepId, { type: "propose", nodeId: "0", count: 1, role: "end" }),
    { type: "thought-repeat", stepId, nodeId: "1.0", index: 0 },
    { type: "thought-repeat", stepId, nodeId: "1.1", index: 1 },
    stepEnd(stepId),
  ];
  const bodies = [...BASE, ...again(7), ...again(8)];
  const [counted, kept] = [treeOf(bodies), treeOf(bodies, OUTCOMES)];
  expect(countOutcomes(counted)(counted.root)).toEqual({ right: 3, judged: 4 });
  expect(outcomesKept(kept.root)).toEqual({ right: 3, judged: 4 });
});

describe("which prefix is completed next", () => {
  const linear: ExplorationPlan = { completions: 2, search: "linear", maxSteps: 20 };
  const binary: ExplorationPlan = { ...linear, search: "binary" };
  const next = (plan: ExplorationPlan, bodies: readonly SearchEventBody[]): string => {
    const tree = treeOf(bodies, OUTCOMES);
    const exploration = explorationOf(tree.pathOf(tree.node("2.7")), outcomesKept, plan);
    return exploration.type === "ask" ? `${exploration.count} at ${exploration.node.id}` : exploration.type;
  };
  /** A wrong solution of eight steps, and a right one. */
  const LONG = [...chain(1, "0", 2, true), ...chain(2, "0", 8, false)];
  const hopeless = (step: number, at: string): SearchEventBody[] => [
    ...chain(step, at, 2, false),
    ...chain(step + 1, at, 2, false),
  ];

  test("linear: the first, then the one after each that leads to something right, until one does not", () => {
    expect(next(linear, LONG)).toBe("2 at 2.0");
    const good = [...LONG, ...chain(3, "2.0", 2, true)];
    expect(next(linear, good)).toBe("2 at 2.1");
    expect(next(linear, [...good, ...chain(4, "2.1", 2, false)])).toBe("1 at 2.1");
    expect(next(linear, [...good, ...hopeless(4, "2.1")])).toBe("done");
  });

  test("linear: no further than max_steps", () => {
    const good = [...LONG, ...chain(3, "2.0", 2, true)];
    expect(next({ ...linear, maxSteps: 1 }, good)).toBe("done");
    expect(next({ ...linear, maxSteps: 2 }, good)).toBe("2 at 2.1");
  });

  test("binary: halfway between what leads to something right and what does not, until they are neighbours", () => {
    // Good before the first step (-1), bad at the last (7): the middle is 3.
    expect(next(binary, LONG)).toBe("2 at 2.3");
    const good = [...LONG, ...chain(3, "2.3", 2, true)];
    expect(next(binary, good)).toBe("2 at 2.5");
    const both = [...good, ...hopeless(4, "2.5")];
    expect(next(binary, both)).toBe("2 at 2.4");
    expect(next(binary, [...both, ...hopeless(6, "2.4")])).toBe("done");
    expect(next(binary, [...both, ...chain(6, "2.4", 2, true)])).toBe("done");
  });

  test("waits for completions in flight, and gives a prefix up that failed twice", () => {
    const asked = stepStart(9, { type: "propose", nodeId: "2.0", count: 2, role: "complete" });
    expect(next(linear, [...LONG, asked])).toBe("wait");
    const failing = (stepId: number): SearchEventBody[] => [
      stepStart(stepId, { type: "propose", nodeId: "2.0", count: 2, role: "complete" }),
      { type: "step-fail", stepId, error: { type: "unavailable", message: "" }, attempts: [], willRetry: false },
    ];
    expect(next(linear, [...LONG, ...failing(9), ...failing(10)])).toBe("done");
  });
});
