import fc from "fast-check";
import { expect, test } from "vitest";
import { equivalent } from "../../../src/verifiers/math-answer/equivalence.ts";
import { FRESH_DIFFERENT, FRESH_EQUAL } from "./fresh-pairs.ts";
import { DIFFERENT, EQUAL, MISSED } from "./pairs.ts";

test.each(EQUAL)("%s is %s", (left, right) => {
  expect(equivalent(left, right)).toMatchObject({ isEqual: true });
});

test.each(DIFFERENT)("%s is not %s", (left, right) => {
  expect(equivalent(left, right)).toMatchObject({ isEqual: false });
});

test("what the graders of the field accept and we do not is known: when one of these passes, it moves to the table", () => {
  expect(MISSED.filter(([left, right]) => equivalent(left, right).isEqual)).toEqual([]);
  expect(EQUAL.length + DIFFERENT.length + MISSED.length).toBeGreaterThanOrEqual(120);
});

test("of 80 pairs that it was not mended on it agrees with 76, and calls none equal that differs", () => {
  const agreed = FRESH_EQUAL.filter(([left, right]) => equivalent(left, right).isEqual);
  expect([agreed.length, FRESH_EQUAL.length, FRESH_DIFFERENT.length]).toEqual([56, 60, 20]);
  expect(FRESH_DIFFERENT.filter(([left, right]) => equivalent(left, right).isEqual)).toEqual([]);
});

test("a tolerance lets constants pass that are a share of the larger one apart, and nothing else", () => {
  expect(equivalent("3.14", "\\pi", 0.001).isEqual).toBe(true);
  expect(equivalent("3.1", "\\pi", 0.001).isEqual).toBe(false);
  expect(equivalent("99", "100", 0.01).isEqual).toBe(true);
  expect(equivalent("98.9", "100", 0.01).isEqual).toBe(false);
  expect(equivalent("x+1", "x+2", 0.01).isEqual).toBe(false);
});

test("a polynomial that is right at the fixed points is not right", () => {
  const vanishing =
    "(x-2)(x-5)(x-7)(x-\\frac{3}{7})(x-\\frac{29}{11})(x+\\frac{5}{3})(x+\\frac{11}{13})(x+3)(x-\\frac{1}{17})";
  expect(equivalent(`x+${vanishing}`, "x").isEqual).toBe(false);
});

const PIECES = [
  ..."0123456789xyzie+-*/^_()[]{}|,;=<>!%$& .",
  ..."√π∞±∪≤½é",
  ...[
    "\\frac",
    "\\frac{1}{2}",
    "\\sqrt",
    "\\sqrt[",
    "\\pm ",
    "\\mp ",
    "\\cup ",
    "\\in ",
    "\\left",
    "\\right",
    "\\text{",
    "\\log_",
    "\\sin ",
    "\\infty",
  ],
  ...[
    "\\begin{pmatrix}",
    "\\end{pmatrix}",
    "\\\\",
    "\\{",
    "\\}",
    "\\le ",
    "\\binom",
    "\\%",
    "^\\circ",
    "\\overline{",
    "\\int ",
    "\\sum_",
    "\\lfloor ",
    "\\ne ",
  ],
  ...[" and ", " or ", "10^", "9^9^9", "!!", "sqrt(", "pi", "cm", "1,200", "2.5"],
];
const mathLike = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => pieces.join(""));
const any = fc.oneof(
  mathLike,
  fc.string({ unit: "binary", maxLength: 100 }),
  fc.constantFrom(...EQUAL.flat(), ...DIFFERENT.flat()),
);

test("every text is equivalent to itself", () => {
  fc.assert(
    fc.property(any, (text) => {
      expect(equivalent(text, text).isEqual).toBe(true);
      expect(equivalent(text, ` ${text} `).isEqual).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("the order of the two does not matter, and no text throws", () => {
  fc.assert(
    fc.property(any, any, (left, right) => {
      expect(equivalent(left, right).isEqual).toBe(equivalent(right, left).isEqual);
    }),
    { numRuns: 2000 },
  );
});

test("every pair of the table is the same in either order", () => {
  for (const [left, right] of [...EQUAL, ...DIFFERENT, ...MISSED]) {
    expect([left, right, equivalent(left, right).isEqual]).toEqual([left, right, equivalent(right, left).isEqual]);
  }
});

test("sums and products of small fractions are what arithmetic says, however they are written", () => {
  const part = fc.integer({ min: -30, max: 30 });
  const divisor = fc.integer({ min: 1, max: 30 });
  fc.assert(
    fc.property(part, divisor, part, divisor, (a, b, c, d) => {
      const sum = `\\frac{${a}}{${b}}+\\left(\\frac{${c}}{${d}}\\right)`;
      expect(equivalent(sum, `\\frac{${a * d + c * b}}{${b * d}}`).isEqual).toBe(true);
      expect(equivalent(sum, `\\frac{${a * d + c * b + 1}}{${b * d}}`).isEqual).toBe(false);
    }),
    { numRuns: 300 },
  );
});

test("expanding a product of linear factors changes nothing, and another constant term does", () => {
  const part = fc.integer({ min: -9, max: 9 });
  const signed = (value: number): string => (value < 0 ? `${value}` : `+${value}`);
  fc.assert(
    fc.property(part, part, (a, b) => {
      const product = `(x${signed(a)})(x${signed(b)})`;
      const expanded = (constant: number): string => `x^2${signed(a + b)}x${signed(constant)}`;
      expect(equivalent(product, expanded(a * b)).isEqual).toBe(true);
      expect(equivalent(product, expanded(a * b + 1)).isEqual).toBe(false);
    }),
    { numRuns: 200 },
  );
});

test("hostile answers end in bounded time", () => {
  const answers = [
    "9^{9^{9^{9^{9}}}}",
    "9^9^9^9^9",
    "100000!",
    "((((5!)!)!)!)!",
    "\\binom{100000}{50000}",
    "10^{-99999999}",
    "1e9999",
    "|".repeat(40),
    "|".repeat(2000),
    "|x|".repeat(100),
    "(".repeat(2000),
    "\\frac{".repeat(300),
    "\\sqrt{".repeat(300),
    "x^".repeat(200),
    "-".repeat(2000),
    "\\pm 1".repeat(200),
    "1,".repeat(1000),
    `{${"1,".repeat(900)}1}`,
    `(${"x+".repeat(150)}1)^{100}`,
    "\\sum_{n=1}^{10^{10}} n",
    "\\int_0^1 x^x dx",
    "\\begin{pmatrix}".repeat(50),
    `\\begin{pmatrix}${"1&".repeat(500)}1\\end{pmatrix}`,
    "abcdefgh".split("").join("+"),
    "\\{(1,2),".repeat(200),
    "x=".repeat(500),
    "1<".repeat(500),
    "2^{1/3}".repeat(50),
    "(10^{99})^{1/7}",
    "\\sqrt[1000000]{2}",
    "\\sqrt[0]{2}",
    "0^0",
    "0^{-1}",
    "\\gcd(10^{90},10^{91}-1)",
    "5\\text{".repeat(200),
  ];
  const startedAtMs = performance.now();
  for (const left of answers) for (const right of ["5", "x", left.slice(1), "\\{1,2\\}"]) equivalent(left, right);
  expect(performance.now() - startedAtMs).toBeLessThan(20_000);
});

test("no mixture of LaTeX takes more than a second: the parser's readings do not multiply", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PIECES), { minLength: 30, maxLength: 200 }), (pieces) => {
      const startedAtMs = performance.now();
      equivalent(pieces.join(""), "x+1");
      expect(performance.now() - startedAtMs).toBeLessThan(1000);
    }),
    { numRuns: 1000 },
  );
});
