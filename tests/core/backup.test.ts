import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Backup, MEAN_RETURN } from "../../src/core/backup.ts";
import type { SearchEventBody } from "../../src/core/event.ts";
import { latestScore, type Node } from "../../src/core/node.ts";
import type { Tree } from "../../src/core/tree.ts";
import { scoreAdd, stepEnd, stepStart, thoughtAdd, treeOf } from "../world/log.ts";

const VISIT_WEIGHTED: Backup = { family: "visit-weighted", discount: 1 };
const MAX_BLEND: Backup = { family: "max-blend", discount: 1 };
const MAX: Backup = { family: "max", discount: 1 };

describe("by hand: root with a (judged 0.9) and b (0.4); below a the answer c (0.8) and the step d (0.2)", () => {
  const log = [
    stepStart(1, { type: "propose", nodeId: "0", count: 2, role: "step" }),
    thoughtAdd(1, "1.0", "0", "a"),
    thoughtAdd(1, "1.1", "0", "b"),
    stepEnd(1),
    stepStart(2, { type: "propose", nodeId: "1.0", count: 2, role: "step" }),
    thoughtAdd(2, "2.0", "1.0", "Answer: c", true),
    thoughtAdd(2, "2.1", "1.0", "d"),
    stepEnd(2),
    stepStart(3, { type: "verify", nodeIds: ["1.0", "1.1", "2.0", "2.1"] }),
    scoreAdd(3, "1.0", 0.9),
    scoreAdd(3, "1.1", 0.4),
    scoreAdd(3, "2.0", 0.8),
    scoreAdd(3, "2.1", 0.2),
  ];
  const valuesUnder = (backup: Backup, more: readonly SearchEventBody[] = []) => {
    const tree = treeOf([...log, ...more], backup);
    return { a: tree.node("1.0").value, root: tree.root.value };
  };

  test("mean: a = (0.9 + 0.8 + 0.2) / 3, root = (0.9 + 0.4 + 0.8 + 0.2) / 4", () => {
    const { a, root } = valuesUnder(MEAN_RETURN);
    expect(a).toBeCloseTo(1.9 / 3, 12);
    expect(root).toBeCloseTo(0.575, 12);
  });

  test("mean with weights: partial answers 0.5, answers 1: a = (0.45 + 0.8 + 0.1) / 2, root = (1.35 + 0.2) / 2.5", () => {
    const { a, root } = valuesUnder({
      ...MEAN_RETURN,
      returnOf: (node, { value }) => ({ value, weight: node.isTerminal ? 1 : 0.5 }),
    });
    expect(a).toBeCloseTo(1.35 / 2, 12);
    expect(root).toBeCloseTo(1.55 / 2.5, 12);
  });

  test("visit-weighted: a = (0.8 + 0.2) / 2 over its children, root = (3 * 0.5 + 1 * 0.4) / 4", () => {
    const { a, root } = valuesUnder(VISIT_WEIGHTED);
    expect(a).toBeCloseTo(0.5, 12);
    expect(root).toBeCloseTo(0.475, 12);
  });

  test("visit-weighted with gamma 0.9: d = 0.18, a = 0.9 * (0.8 + 0.18) / 2 = 0.441, root = (3 * 0.441 + 0.36) / 4", () => {
    const { a, root } = valuesUnder({ family: "visit-weighted", discount: 0.9 });
    expect(a).toBeCloseTo(0.441, 12);
    expect(root).toBeCloseTo(0.42075, 12);
  });

  test("max-blend: a = (0.9 + 0.8) / 2; the root has no judgement of its own and is worth its best child", () => {
    const { a, root } = valuesUnder(MAX_BLEND);
    expect(a).toBeCloseTo(0.85, 12);
    expect(root).toBeCloseTo(0.85, 12);
  });

  test("max-blend, a judged again at 0.5: own value (0.5 + 0.7) / 2 = 0.6, a = (0.6 + 0.8) / 2", () => {
    expect(valuesUnder(MAX_BLEND, [scoreAdd(3, "1.0", 0.5)]).a).toBeCloseTo(0.7, 12);
  });

  test("max: a is worth its best leaf, 0.8, whatever was thought of a itself", () => {
    expect(valuesUnder(MAX)).toEqual({ a: 0.8, root: 0.8 });
  });
});

/** A random tree with a random sequence of judgements, some nodes judged often and some never. */
interface Plan {
  /** Of node i the parent among the nodes before it, as a share of them; 0 is the root. */
  readonly parents: readonly number[];
  readonly scores: readonly { readonly at: number; readonly value: number }[];
}

const plan: fc.Arbitrary<Plan> = fc.integer({ min: 1, max: 14 }).chain((size) =>
  fc.record({
    parents: fc.tuple(...Array.from({ length: size }, (_unused, index) => fc.integer({ min: 0, max: index }))),
    scores: fc.array(
      fc.record({
        at: fc.integer({ min: 0, max: size - 1 }),
        value: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      { minLength: 1, maxLength: 30 },
    ),
  }),
);

function idOf(index: number): string {
  return `1.${index}`;
}

/** Leaves complete a candidate, all others are partial. */
function grow({ parents, scores }: Plan, backup: Backup): Tree {
  const inner = new Set(parents.map((parent) => parent - 1));
  return treeOf(
    [
      stepStart(1, { type: "propose", nodeId: "0", count: 1, role: "step" }),
      ...parents.map((parent, index) =>
        thoughtAdd(1, idOf(index), parent === 0 ? "0" : idOf(parent - 1), `step ${index}`, !inner.has(index)),
      ),
      stepEnd(1),
      stepStart(2, { type: "verify", nodeIds: parents.map((_parent, index) => idOf(index)) }),
      ...scores.map(({ at, value }) => scoreAdd(2, idOf(at), value)),
    ],
    backup,
  );
}

function all(tree: Tree): Node[] {
  return [tree.root, ...tree.nodes];
}

function returnsAt(node: Node): number[] {
  return [...node.scores.map(({ value }) => value), ...node.children.flatMap(returnsAt)];
}

describe("for any tree and any order of judgements", () => {
  test("the mean is that of the list of returns at and below the node", () => {
    fc.assert(
      fc.property(plan, (one) => {
        for (const node of all(grow(one, MEAN_RETURN))) {
          const returns = returnsAt(node);
          expect(node.visits).toBe(returns.length);
          const sum = returns.reduce((total, value) => total + value, 0);
          expect(node.value).toBeCloseTo(returns.length === 0 ? 0 : sum / returns.length, 9);
        }
      }),
    );
  });

  test("the visit-weighted value equals a bottom-up pass: first Q = r + gamma V of the children, then V, then N", () => {
    const bottomUp = (node: Node, discount: number): { visits: number; value: number } => {
      const children = node.children.map((child) => bottomUp(child, discount));
      const below = children.reduce((sum, child) => sum + child.visits, 0);
      const weighted = children.reduce((sum, child) => sum + child.visits * child.value, 0);
      const own = latestScore(node)?.value ?? 0;
      const visits = below + node.scores.length;
      if (node.isTerminal) return { visits, value: own };
      const value = below === 0 ? own : weighted / below;
      return { visits, value: node.parent === null ? value : discount * value };
    };
    fc.assert(
      fc.property(plan, fc.constantFrom(1, 0.9), (one, discount) => {
        for (const node of all(grow(one, { family: "visit-weighted", discount }))) {
          const expected = bottomUp(node, discount);
          expect(node.visits).toBe(expected.visits);
          expect(node.value).toBeCloseTo(expected.value, 9);
        }
      }),
    );
  });

  test("the max-blend is idempotent: however often it was renewed on the way, it is (own + best child) / 2 once", () => {
    const once = (node: Node): number | null => {
      const values = node.scores.map(({ value }) => value);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const own = values.length === 0 ? null : (Math.min(...values) + mean) / 2;
      const below = node.children.flatMap((child) => once(child) ?? []);
      const best = below.length === 0 ? null : Math.max(...below);
      return own === null || best === null ? (own ?? best) : (own + best) / 2;
    };
    fc.assert(
      fc.property(plan, (one) => {
        for (const node of all(grow(one, MAX_BLEND))) expect(node.value).toBeCloseTo(once(node) ?? 0, 9);
      }),
    );
  });

  test.each([
    ["max-blend", MAX_BLEND],
    ["max", MAX],
  ])("%s is monotone in the best child: a better judgement below never makes a node worse", (_name, backup) => {
    fc.assert(
      fc.property(plan, fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (one, pick, gain) => {
        const raised = pick % one.scores.length;
        const better = {
          ...one,
          scores: one.scores.map((score, index) =>
            index === raised ? { ...score, value: score.value + gain * (1 - score.value) } : score,
          ),
        };
        const before = all(grow(one, backup));
        for (const [index, node] of all(grow(better, backup)).entries()) {
          expect(node.value).toBeGreaterThanOrEqual((before[index]?.value ?? 0) - 1e-12);
        }
      }),
    );
  });

  test("the max is the best of the deepest judgements", () => {
    const deepest = (node: Node): number | null => {
      const below = node.children.flatMap((child) => deepest(child) ?? []);
      return below.length > 0 ? Math.max(...below) : (latestScore(node)?.value ?? null);
    };
    fc.assert(
      fc.property(plan, (one) => {
        for (const node of all(grow(one, MAX))) expect(node.value).toBeCloseTo(deepest(node) ?? 0, 12);
      }),
    );
  });
});

test("the sum of squares is kept with the sum: 0.9, 0.4 and 0.8 twice make 0.81 + 0.16 + 2 * 0.64", () => {
  const tree = treeOf([
    stepStart(1, { type: "propose", nodeId: "0", count: 3, role: "end" }),
    thoughtAdd(1, "1.0", "0", "a"),
    thoughtAdd(1, "1.1", "0", "b"),
    thoughtAdd(1, "1.2", "1.0", "Answer: c", true),
    { type: "thought-repeat", stepId: 1, nodeId: "1.2", index: 3 },
    stepEnd(1),
    stepStart(2, { type: "verify", nodeIds: ["1.0", "1.1", "1.2"] }),
    scoreAdd(2, "1.0", 0.9),
    scoreAdd(2, "1.1", 0.4),
    scoreAdd(2, "1.2", 0.8),
  ]);
  expect(tree.root.squareSum).toBeCloseTo(0.81 + 0.16 + 2 * 0.64, 12);
  expect(tree.node("1.0").squareSum).toBeCloseTo(0.81 + 2 * 0.64, 12);
});
