import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { puzzleIn } from "../../../src/verifiers/countdown/puzzle.ts";
import { countdown } from "../../../src/verifiers/countdown/verifier.ts";
import { check, faultAt, opinion, problemOf } from "../checker.ts";

const QUESTION = "Use the numbers 25, 50, 75, 100, 3 and 6 to make 952.";
/** (100 + 6) * 3 * 75 / 25 - ... : the one that James Martin found in 1997 was ((100 + 6) * 3 * 75 - 50) / 25 = 952. */
const RIGHT = "((100 + 6) * 3 * 75 - 50) / 25";

const complete = (text: string, parameters = {}) => opinion(countdown, { question: QUESTION, parameters }, text);
const partial = (text: string, parameters = {}) =>
  opinion(countdown, { question: QUESTION, parameters }, text, { isComplete: false });

describe("the puzzle of a question", () => {
  test.each([
    ["Using the numbers [19, 36, 55, 7], create an equation that equals 65.", [19, 36, 55, 7], 65],
    [QUESTION, [25, 50, 75, 100, 3, 6], 952],
    ["Countdown! Numbers: 25 50 75 100 3 6. Target: 952", [25, 50, 75, 100, 3, 6], 952],
    ["The target is 84 and the numbers are 2, 3 and 14", [2, 3, 14], 84],
    ["Make 84 from 2 3 14.", [2, 3, 14], 84],
    ["Combine 1 2 3 to reach the target number 7", [1, 2, 3], 7],
    ["With only the numbers 8, 9, 10 reach 89", [8, 9, 10], 89],
  ])("%s", (question, numbers, target) => {
    expect(puzzleIn(question)).toEqual({ numbers, target });
  });

  test.each(["What is 25 + 50?", "", "Use 1 2 to make 3. Use 4 5 to make 9.", "Use 3 4 to make 1/2"])(
    "there is none in %j",
    (question) => {
      expect(puzzleIn(question)).toBeNull();
      expect(countdown.refusal(problemOf(question), {} as never, {}, {})).toMatch(/no numbers and target/);
    },
  );
});

describe("an answer", () => {
  test.each([
    RIGHT,
    `Answer: ${RIGHT}`,
    `Answer: ${RIGHT} = 952`,
    `Answer: 952 = ${RIGHT}.`,
    `Let me think. 100 + 6 is 106.\n\n**Answer:** \`${RIGHT}\``,
    `<think>6 * 100 = 599?</think> <answer>${RIGHT}</answer>`,
    `So \\boxed{((100+6) \\times 3 \\cdot 75 - 50) \\div 25}`,
    `The answer is $\\frac{(100 + 6) \\times 3 \\times 75 - 50}{25}$.`,
    "100 + 6 = 106\n106 x 3 = 318\n318 × 75 = 23850\n23850 - 50 = 23800\n23800 ÷ 25 = 952",
    "I try 100.\n1. 100 + 6 = 106\n2. 106 * 3 = 318\n3. 318 * 75 = 23850\n4. 23850 - 50 = 23800\n5. 23800 / 25 = 952\nAnswer: 952",
    "100 + 6 = 106, 106 * 3 = 318, 318 * 75 = 23850, 23850 - 50 = 23800, 23800 / 25 = 952",
  ])("that is right is proven: %j", async (text) => {
    expect(await complete(text)).toBe("verdict 1");
  });

  test.each([
    ["100 * 6 + 3", "it comes to 603, not 952"],
    ["Answer: 1000 - 48", '"1000 - 48": 1000 is not there, or not any more'],
    ["100 * 3 * 3 + 50 + 6 - 6 + 2", "3 is not there"],
    [`${RIGHT} = 953`, "it is worth 952, not 953"],
    ["100 / 0", "divides by zero"],
    ["(6 - 6", "is not allowed"],
    ["952", "no expression"],
    ["I give up", "no expression"],
    ["", "no expression"],
    ["100 + 6 = 106\n106 * 9 = 954\nAnswer: 954", "954 is not there"],
  ])("that is wrong is refuted with its reason: %j", async (text, reason) => {
    const score = await check(countdown, { question: QUESTION }, text);
    expect(score).toMatchObject({ kind: "verdict", value: 0 });
    expect(score?.reason).toMatch(new RegExp(reason));
  });

  test("goes by positive integers on the way, unless told otherwise", async () => {
    const ask = (text: string, intermediates?: string) =>
      opinion(
        countdown,
        { parameters: { numbers: [3, 4, 8], target: 6, ...(intermediates && { intermediates }) } },
        text,
      );
    // 3 / 4 * 8 = 6; 3 - 8 = -5 is no way, and 8 / 4 * 3 = 6 is.
    expect(await ask("3 / 4 * 8")).toBe("verdict 0");
    expect(await ask("3 / 4 * 8", "integers")).toBe("verdict 0");
    expect(await ask("3 / 4 * 8", "rationals")).toBe("verdict 1");
    expect(await ask("8 / 4 * 3")).toBe("verdict 1");
    const less = { numbers: [3, 8, 11], target: 6 };
    expect(await opinion(countdown, { parameters: less }, "3 - 8 + 11")).toBe("verdict 0");
    expect(await opinion(countdown, { parameters: { ...less, intermediates: "integers" } }, "3 - 8 + 11")).toBe(
      "verdict 1",
    );
  });

  test("need not use every number, unless told so", async () => {
    const parameters = { numbers: [2, 3, 4], target: 6 };
    expect(await opinion(countdown, { parameters }, "2 * 3")).toBe("verdict 1");
    expect(await opinion(countdown, { parameters: { ...parameters, use_all: true } }, "2 * 3")).toBe("verdict 0");
    expect(await opinion(countdown, { parameters: { ...parameters, use_all: true, target: 24 } }, "2 * 3 * 4")).toBe(
      "verdict 1",
    );
  });
});

describe("a partial answer", () => {
  test.each([
    ["100 + 6 = 106\n", "abstains"],
    ["100 + 6 = 107\n", "verdict 0"],
    ["100 + 7 = 107\n", "verdict 0"],
    ["3 - 6 = -3\n", "verdict 0"],
    ["100 + 6 = 106\n100 + 3 = 103\n", "verdict 0"],
    ["100 + 6 = 106 (left: 3 25 50 75 106)\n", "abstains"],
    ["100 + 6 = 106 (left: 3 25 50 75 100)\n", "verdict 0"],
    ["First I look for 952.\n100 + 3 = 0\n", "abstains"],
    ["", "abstains"],
    ["100 + 6 = 106\n106 * 3 = 318\n318 * 75 = 23850\n23850 - 50 = 23800\n23800 / 25 = 952\n", "verdict 1"],
  ])("%j: %s", async (text, expected) => {
    expect(await partial(text)).toBe(expected);
  });
});

/** An expression over some numbers whose every result is a positive integer, with its value. */
interface Made {
  readonly text: string;
  readonly value: number;
}
const made: fc.Arbitrary<{ numbers: number[]; expression: Made }> = fc
  .record({
    numbers: fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 2, maxLength: 6 }),
    choices: fc.array(fc.nat(1000), { minLength: 15, maxLength: 15 }),
  })
  .map(({ numbers, choices }) => {
    const pool: Made[] = numbers.map((value) => ({ text: `${value}`, value }));
    for (const choice of choices.slice(0, numbers.length - 1)) {
      const [a, b] = [pool.splice(choice % pool.length, 1)[0], pool.splice((choice * 7) % pool.length, 1)[0]];
      if (a === undefined || b === undefined) break;
      const [high, low] = a.value >= b.value ? [a, b] : [b, a];
      const results: Made[] = [{ text: `(${a.text} + ${b.text})`, value: a.value + b.value }];
      if (high.value > low.value) results.push({ text: `(${high.text} - ${low.text})`, value: high.value - low.value });
      if (a.value * b.value < 1e6) results.push({ text: `${a.text} * ${b.text}`, value: a.value * b.value });
      if (high.value % low.value === 0)
        results.push({ text: `(${high.text}) / (${low.text})`, value: high.value / low.value });
      pool.push(results[choice % results.length] ?? a);
    }
    return { numbers, expression: pool[0] ?? { text: "", value: 0 } };
  })
  .filter(({ expression }) => expression.text.length < 150);

test("any expression made of the numbers is proven for its value, in any layout, and for no other", async () => {
  const layouts = [
    (text: string) => text,
    (text: string) => `Answer: ${text}`,
    (text: string) => `The answer is ${text.replaceAll("*", "×").replaceAll("/", "÷")}.`,
    (text: string) => `So: \\boxed{${text.replaceAll("*", "\\times").replaceAll(" ", "")}}`,
  ];
  await fc.assert(
    fc.asyncProperty(made, fc.constantFrom(...layouts), fc.integer({ min: 1, max: 9 }), async (one, layout, off) => {
      const { numbers, expression } = one;
      const parameters = { numbers, target: expression.value };
      expect(await opinion(countdown, { parameters }, layout(expression.text))).toBe("verdict 1");
      const other = { numbers, target: expression.value + off };
      expect(await opinion(countdown, { parameters: other }, layout(expression.text))).toBe("verdict 0");
      const fewer = { numbers: [...numbers.slice(1), (numbers[0] ?? 0) + 1000], target: expression.value };
      expect(await opinion(countdown, { parameters: fewer }, layout(expression.text))).toBe("verdict 0");
    }),
    { numRuns: 500 },
  );
});

test.each([
  [{ numbers: [1, 2] }, "target"],
  [{ target: 5 }, "numbers"],
  [{ numbers: [1, 2.5], target: 5 }, "numbers[1]"],
  [{ numbers: [], target: 5 }, "numbers"],
  [{ intermediates: "complex" }, "intermediates"],
])("%j is refused at %s", (parameters, at) => {
  expect(faultAt(countdown, parameters)).toBe(at);
});

test.each([
  ["brackets", "(".repeat(200_000)],
  ["equations", "1 + 1 = 2, ".repeat(50_000)],
  ["equal signs", "=".repeat(200_000)],
  ["lines", "3 + 6 = 9\n".repeat(20_000)],
  ["digits", "1".repeat(200_000)],
  ["spaces", `${" ".repeat(200_000)}1`],
  ["commas", ",(".repeat(100_000)],
])("hostile %s take a moment at most", async (_what, text) => {
  const startMs = performance.now();
  expect(await complete(text)).toBe("verdict 0");
  expect(await partial(text)).toBeTypeOf("string");
  puzzleIn(`Use ${text}`);
  expect(performance.now() - startMs).toBeLessThan(3000);
});
