import fc from "fast-check";
import { expect, test } from "vitest";
import { parseExpression } from "../../src/verifiers/expression.ts";
import { apply, formatRational, formatState, type Operator, type Rational } from "../../src/verifiers/rational.ts";

const evaluate = (text: string) => {
  const expression = parseExpression(text);
  return expression.type === "value" ? formatRational(expression.value) : expression.reason;
};

test.each([
  ["(10 - 4) * (13 - 9)", "24"],
  ["8 / (3 - 8 / 3)", "24"],
  ["2 + 3 * 4", "14"],
  ["20 - 5 - 3", "12"],
  ["48 / 4 / 2", "6"],
  ["3 × 8", "24"],
  ["48 ÷ 2", "24"],
  ["30 − 6", "24"],
  ["-4 * -6", "24"],
  ["((((24))))", "24"],
])("%s is %s", (text, value) => {
  expect(evaluate(text)).toBe(value);
});

test.each([
  ["", "syntax"],
  ["1 2", "syntax"],
  ["(1 + 2", "syntax"],
  ["1 + 2)", "syntax"],
  ["2 ** 3", "syntax"],
  ["2 ^ 3", "syntax"],
  ["1.5 * 16", "syntax"],
  ["4!", "syntax"],
  ["process.exit()", "syntax"],
  ["1 / 0", "division-by-zero-or-overflow"],
  ["5 / (3 - 3)", "division-by-zero-or-overflow"],
  ["999999999999999 * 999999999999999", "division-by-zero-or-overflow"],
  [`${"(".repeat(30)}1${")".repeat(30)}`, "too-deep"],
  [`${"1 + ".repeat(100)}1`, "too-long"],
])("%s is refused: %s", (text, reason) => {
  expect(evaluate(text)).toBe(reason);
});

test("a fraction is a division, unless the hand has fractions", () => {
  const leaves = (mode: "numbers" | "divisions") => {
    const expression = parseExpression("8 / (8/3)", mode);
    return expression.type === "value" ? [formatRational(expression.value), formatState(expression.leaves)] : [];
  };
  expect(leaves("divisions")).toEqual(["3", "3 8 8"]);
  expect(leaves("numbers")).toEqual(["3", "8/3 8"]);
});

type Tree = { readonly text: string; readonly value: Rational | null; readonly leaves: readonly Rational[] };

const { tree } = fc.letrec<{ tree: Tree; leaf: Tree; node: Tree }>((tie) => ({
  tree: fc.oneof({ maxDepth: 4 }, tie("leaf"), tie("node")),
  leaf: fc.integer({ min: 0, max: 99 }).map((number) => {
    const value = { numerator: number, denominator: 1 };
    return { text: `${number}`, value, leaves: [value] };
  }),
  node: fc
    .tuple(tie("tree"), fc.constantFrom<Operator>("+", "-", "*", "/"), tie("tree"))
    .map(([left, operator, right]) => ({
      text: `(${left.text} ${operator} ${right.text})`,
      value: left.value && right.value && apply(operator, left.value, right.value),
      leaves: [...left.leaves, ...right.leaves],
    })),
}));

test("a bracketed expression has the value and the leaves of its tree", () => {
  fc.assert(
    fc.property(tree, ({ text, value, leaves }) => {
      fc.pre(text.length <= 200);
      const expression = parseExpression(text);
      if (value === null) expect(expression).toEqual({ type: "fault", reason: "division-by-zero-or-overflow" });
      else expect(expression).toEqual({ type: "value", value, leaves });
    }),
  );
});

test("no text makes the parser throw", () => {
  fc.assert(fc.property(fc.string(), (text) => void parseExpression(text)));
});
