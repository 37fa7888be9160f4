import fc from "fast-check";
import { expect, test } from "vitest";
import { AUTOMATIC_ANSWER, answerClass } from "../../../src/core/answer/answer.ts";

const { classOf } = AUTOMATIC_ANSWER;

test.each([
  ["1200", ["1200", "1,200", "+1200.0", "1 200", "1{,}200", "1\\,200", "$1,200$", "\\$1,200", "1200 dollars", "1200."]],
  ["1200", ["1.2e3", "1.2 \\times 10^{3}", "1.2×10^3", "12*10^2", "1.2 thousand", "\\boxed{1200}", "(1200)"]],
  ["0.5", ["1/2", "\\frac{1}{2}", "\\dfrac12", "0.50", ".5", "50%", "50\\%", "50 percent", "5e-1", "x = 1/2"]],
  ["-0.5", ["-1/2", "\\frac{-1}{2}", "-\\frac{1}{2}", "−0.5", "1/-2"]],
  ["1/3", ["1/3", "2/6", "0.\\overline{3}", "\\tfrac{1}{3}"]],
  ["1.5", ["3/2", "1 1/2", "1\\frac{1}{2}", "\\frac{3}{2}"]],
  ["0", ["0", "-0", "0.00", "0/5", "0%"]],
  [
    "5",
    [
      "5 cm",
      "5\\text{ cm}",
      "5 \\mathrm{~cm}",
      "5 centimeters",
      "5\\text{ apples}",
      "5 cm^2",
      "5 square feet",
      "5 km/h",
    ],
  ],
  ["45", ["45^\\circ", "45^{\\circ}", "45°", "45 degrees"]],
  ["(1,2]", ["(1,2]", "\\left(1, 2.0\\right]", "x \\in (1, 4/2]"]],
  ["(-∞,3)∪(5,∞)", ["(-\\infty, 3) \\cup (5, \\infty)", "(5,∞)∪(-∞,3)", "(5,+\\infty) U (-infinity,3)"]],
  ["{1,2}", ["\\{1, 2\\}", "{2,1}", "\\left\\{2, 1, 1\\right\\}"]],
  ["(0.5,pi)", ["(1/2, \\pi)", "\\left( \\frac{1}{2}, \\pi \\right)"]],
  ["1,2", ["1, 2", "1 and 2", "1,2", "x = 1 or x = 2", "1\\text{ and }2"]],
  ["1200,1300", ["1,200, 1,300", "1200 and 1300"]],
  ["b", ["B", "(B)", "B.", "B)", "option B", "Option (B)", "\\text{(B)}", "**B**", "(B) Paris", "B) Paris"]],
  ["sqrt(3)/2", ["\\frac{\\sqrt{3}}{2}", "\\sqrt3/2", "sqrt(3)/2", "√3/2"]],
  ["2x+1", ["2x+1", "2 x + 1", "2*x+1", "y = 2x + 1", "2\\cdot x+1"]],
  ["x^2", ["x^2", "x^{2}", "x²", "x**2"]],
  ["(10-4)*4=24", ["(10 - 4) * 4 = 24", "(10-4)*4=24", "(10 - 4) \\times 4 = 24"]],
  ["newyork", ["New York", "new york.", '"New York"', "**New York**", "\\text{New York}"]],
  ['{"a":[2],"b":1}', ['{"b": 1, "a": [2]}', '{"a":[2],"b":1}']],
])("the class %s is of all of %j", (expected, answers) => {
  for (const answer of answers) expect([answer, classOf(answer)]).toEqual([answer, expected]);
});

test.each([
  ["25", "25%"],
  ["0.333", "1/3"],
  ["(1,2)", "[1,2]"],
  ["(1,2)", "(2,1)"],
  ["1, 2", "2, 1"],
  ["1 2 3", "123"],
  ["2**3", "23"],
  ["x=1, y=2", "x=2, y=1"],
  ["10 am", "10 pm"],
  ["5 million", "5"],
  ["f(x)/2", "fx/2"],
  ["A. Einstein", "A. Lincoln"],
  ["(a) + b", "(a) + c"],
  ["1e99", "1e98"],
  ["5!", "5"],
])("%j and %j are two classes", (left, right) => {
  expect(classOf(left)).not.toBeNull();
  expect(classOf(left)).not.toBe(classOf(right));
});

test("an answer that says nothing has no class", () => {
  for (const text of ["Answer: .", "Answer: $$", "Answer: **", ""]) expect(answerClass(text)).toBeNull();
});

test("a fraction and its decimal expansion are one class wherever the expansion ends", () => {
  fc.assert(
    fc.property(fc.integer({ min: -9999, max: 9999 }), fc.nat(6), (digits, places) => {
      const decimal = (digits / 10 ** places).toFixed(places);
      expect(classOf(`\\frac{${digits}}{${10 ** places}}`)).toBe(classOf(decimal));
    }),
  );
});

test("multiplying out a fraction changes nothing", () => {
  const part = fc.integer({ min: 1, max: 10_000 });
  fc.assert(
    fc.property(part, part, part, (above, below, factor) => {
      expect(classOf(`${above * factor}/${below * factor}`)).toBe(classOf(`\\frac{${above}}{${below}}`));
    }),
  );
});

const PIECES = [
  "\\frac",
  "{",
  "}",
  "(",
  "]",
  ",",
  "1",
  "2.5",
  "x",
  "\\sqrt",
  "^",
  "_",
  "\\",
  "$",
  "%",
  " ",
  "\\text{",
  "∪",
  "=",
  ";",
  '"',
  "**",
];
const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join("")),
);

test("no answer throws, and a class has a length of the answer's order", () => {
  fc.assert(
    fc.property(hostile, (answer) => {
      expect((classOf(answer) ?? "").length).toBeLessThanOrEqual(12 * answer.length + 200);
    }),
    { numRuns: 2000 },
  );
});

test("spaces at the ends and math delimiters change no class", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("1", "x", "+", "\\pi", "^2", "/3", ","), { minLength: 1, maxLength: 8 }),
      (pieces) => {
        const answer = pieces.join(" ");
        expect(classOf(` $${answer}$ `)).toBe(classOf(answer));
      },
    ),
  );
});

test("hostile answers take bounded time", () => {
  const size = 2000;
  const answers = [
    "(",
    "{",
    "[(",
    "\\frac{",
    "1,",
    "1 ",
    "\\{1,",
    ". ",
    "* ",
    "\\text{",
    "9",
    "x = ",
    "and ",
    "\\sqrt[",
    "^",
    "1/",
    "5 cm ",
    '{"a":',
    "∪(1,2)",
  ]
    .map((piece) => piece.repeat(size / piece.length))
    .concat(`1e${"9".repeat(90)}`, `0.${"\\overline{3}".repeat(9)}`, "9".repeat(119), `1/${"7".repeat(100)}`);
  const startedAtMs = performance.now();
  for (const answer of answers) classOf(answer);
  expect(performance.now() - startedAtMs).toBeLessThan(5000);
});
